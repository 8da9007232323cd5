-- 007-state.sql -- what is remembered of an account, decided in the program.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 7

-- The autonomous system the network is in; 0: not known.
ALTER TABLE login ADD COLUMN asn INTEGER NOT NULL DEFAULT 0;

-- What the row had pending goes to its login.
UPDATE login SET mails = mails + a.pending,
       last_seen = max(login.last_seen, a.last_seen)
  FROM account a
 WHERE a.account = login.account AND a.last_network = login.network;

-- Once more, with what it holds from here on. complete_since: `places` has
-- every login seen after this (the greatest number: none). places: the networks
-- of the window, at most 64, one a line: network, country ("--": not
-- known), autonomous system, last seen, last_seen of its row in login, mails that row
-- does not have yet (the view logins adds them). version: another one with each
-- change.
CREATE TABLE account_007 (
    account         TEXT PRIMARY KEY,
    version         INTEGER NOT NULL DEFAULT 1,

    -- Logins up to here do not count: unblocking starts a fresh count.
    evidence_since  INTEGER NOT NULL DEFAULT 0,
    -- NULL: not blocked; 9223372036854775807: until unblocked. More in block.
    blocked_until   INTEGER,
    last_seen       INTEGER NOT NULL DEFAULT 0,
    rated_at        INTEGER NOT NULL DEFAULT 0, -- a rate was last counted
    complete_since  INTEGER NOT NULL DEFAULT 9223372036854775807,
    last_instance   INTEGER NOT NULL DEFAULT 0, -- hash of its name; 0: none
    places          TEXT NOT NULL DEFAULT '',

    -- Rates: 64 bytes a rule, little-endian: per_s (4), number of the newest
    -- sub-bucket (8), 13 sums (4 each), newest first. instances: hashes of
    -- the mails counted last, 8 bytes each, newest first.
    rates           BLOB,
    instances       BLOB
) STRICT, WITHOUT ROWID;

INSERT INTO account_007 (account, evidence_since, blocked_until, last_seen,
                         rated_at, last_instance, rates, instances)
SELECT account, evidence_since, blocked_until, last_seen, rated_at,
       last_instance, rates, instances FROM account;
-- The views are put back behind all migrations.
DROP VIEW IF EXISTS stats_accounts;
DROP VIEW IF EXISTS stats_account_countries;
DROP VIEW IF EXISTS stats_countries;
DROP VIEW IF EXISTS stats_networks;
DROP VIEW IF EXISTS stats_totals;
DROP VIEW IF EXISTS logins;
DROP TABLE account;
ALTER TABLE account_007 RENAME TO account;
