-- Made by make.sh.
CREATE TABLE schema_version (
version INTEGER PRIMARY KEY, name TEXT NOT NULL,
at INTEGER NOT NULL) STRICT;
-- 001-tables.sql -- what policyd remembers, in one SQLite file.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Every key begins with the account. Times are milliseconds since 1970 UTC.
-- A network is text as it is shown: '192.0.2.1', '2001:db8::/64'. policyd
-- creates the file itself and writes the number of this one to schema_version.

-- One row an account: what the common request reads and writes, so that such
-- a request touches this row alone.
CREATE TABLE account (
    account         TEXT PRIMARY KEY,

    -- Logins up to here do not count: unblocking starts a fresh count.
    evidence_since  INTEGER NOT NULL DEFAULT 0,
    -- NULL: not blocked; 9223372036854775807: until unblocked. More in block.
    blocked_until   INTEGER,

    -- The login seen last. Its row in login is written at most once a minute;
    -- mails since then are pending here (the view logins has them added).
    last_network    TEXT,
    last_country    TEXT NOT NULL DEFAULT '',
    last_seen       INTEGER NOT NULL DEFAULT 0,
    written_at      INTEGER NOT NULL DEFAULT 0,
    pending         INTEGER NOT NULL DEFAULT 0,
    last_instance   INTEGER NOT NULL DEFAULT 0, -- hash of its name; 0: none

    -- Places within the window, exact until counted_until; counted_with is a
    -- hash of the settings they depend on, 0: not counted.
    countries       INTEGER NOT NULL DEFAULT 0,
    networks        INTEGER NOT NULL DEFAULT 0,
    home_countries  INTEGER NOT NULL DEFAULT 0,
    home_networks   INTEGER NOT NULL DEFAULT 0,
    counted_with    INTEGER NOT NULL DEFAULT 0,
    counted_until   INTEGER NOT NULL DEFAULT 0,

    -- Rates: 64 bytes a rule, little-endian: per_s (4), number of the newest
    -- sub-bucket (8), 13 sums (4 each), newest first. instances: hashes of
    -- the mails counted last, 8 bytes each, newest first.
    rates           BLOB,
    instances       BLOB,
    rated_at        INTEGER NOT NULL DEFAULT 0  -- when a rate was last counted
) STRICT, WITHOUT ROWID;

-- One row an account and network.
CREATE TABLE login (
    account     TEXT NOT NULL,
    network     TEXT NOT NULL,
    country     TEXT NOT NULL,          -- ISO 3166-1 alpha-2; '' unknown
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    mails       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;

-- The last block of an account: it holds while ended_at is NULL.
CREATE TABLE block (
    account   TEXT PRIMARY KEY,
    cause     INTEGER NOT NULL,         -- the table cause says what it is
    found     INTEGER NOT NULL,         -- places found ...
    allowed   INTEGER NOT NULL,         -- ... and allowed
    per_s     INTEGER NOT NULL,         -- the window, seconds
    note      TEXT NOT NULL DEFAULT '', -- an administrator's reason
    began_at  INTEGER NOT NULL,
    until     INTEGER NOT NULL,         -- as account.blocked_until
    ended_at  INTEGER,
    attempts  INTEGER NOT NULL DEFAULT 0, -- requests refused meanwhile
    client    TEXT NOT NULL DEFAULT '', -- the login that caused it
    country   TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE INDEX block_open ON block (until) WHERE ended_at IS NULL;

-- Settings of one account or @domain; they win over the configuration file.
-- NULL: the general value; -1: unlimited. Lists are separated by commas; an
-- empty one is a list with nothing in it.
CREATE TABLE override (
    account         TEXT PRIMARY KEY,   -- lower case; '@domain' for all of it
    countries       INTEGER CHECK (countries >= -1),
    networks        INTEGER CHECK (networks >= -1),
    home            TEXT,               -- 'DE,AT'
    home_countries  INTEGER CHECK (home_countries >= -1),
    home_networks   INTEGER CHECK (home_networks >= -1),
    only_countries  TEXT,
    only_networks   TEXT,               -- '192.0.2.0/24,2001:db8::/32'
    rates           TEXT,               -- mails,seconds,mails,seconds,...
    comment         TEXT NOT NULL DEFAULT '',
    author          TEXT NOT NULL DEFAULT '',
    changed_at      INTEGER NOT NULL,
    valid_until     INTEGER             -- NULL: for ever
) STRICT, WITHOUT ROWID;

-- What is to be told to somebody: written with the event, in its transaction;
-- one row for each way of telling (channel).
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    channel       TEXT NOT NULL,        -- mail, account, exec, webhook
    kind          TEXT NOT NULL,        -- block, unblock
    account       TEXT NOT NULL,
    event         TEXT NOT NULL,        -- JSON
    created_at    INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try      INTEGER NOT NULL,
    ended_at      INTEGER,              -- told, or given up
    error         TEXT NOT NULL DEFAULT '',
    -- Who is still to get a mail, one a line; '' everybody.
    recipients    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_open ON outbox (next_try) WHERE ended_at IS NULL;

-- Who reached which limit or rate since the last report.
CREATE TABLE hit (
    account     TEXT NOT NULL,
    cause       INTEGER NOT NULL,
    allowed     INTEGER NOT NULL,
    per_s       INTEGER NOT NULL,
    times       INTEGER NOT NULL,
    first_seen  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    PRIMARY KEY (account, cause, allowed, per_s)
) STRICT, WITHOUT ROWID;

-- Logins with what is still pending in the account row: read this one.
CREATE VIEW logins AS
SELECT l.account, l.network, l.country, l.first_seen,
       CASE WHEN l.network = a.last_network
            THEN max(l.last_seen, a.last_seen)
            ELSE l.last_seen END AS last_seen,
       l.mails + CASE WHEN l.network = a.last_network
                      THEN a.pending ELSE 0 END AS mails,
       coalesce(a.evidence_since, 0) AS evidence_since
  FROM login l
  LEFT JOIN account a ON a.account = l.account;

-- The name of a cause, as it is shown.
CREATE TABLE cause (
    cause  INTEGER PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT;
INSERT INTO cause VALUES
    (1, 'countries'), (2, 'networks'), (3, 'home countries'),
    (4, 'home networks'), (5, 'outside the allowed countries'),
    (6, 'outside the allowed networks'), (7, 'rate'), (8, 'manual');
INSERT INTO schema_version VALUES (1, '001-tables', 1767225600000);
-- 004-report.sql -- turns, and views for the sqlite3 shell.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Whose turn it is to do what only one may do at a time. A turn that nobody
-- renews is over in time.
CREATE TABLE turn (
    name   TEXT PRIMARY KEY,            -- clean, report
    owner  TEXT NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- --- views, also for those who prefer the sqlite3 shell ----------------------
--
-- All of them are of the logins that are kept (store.retention). A country
-- that is not known is '' and no country.

-- Who reached which limit or rate since the last report, and how often.
CREATE VIEW hits AS
SELECT h.account, c.name AS reached, h.allowed, h.per_s, h.times,
       h.first_seen, h.last_seen
  FROM hit h JOIN cause c ON c.cause = h.cause;

-- One row an account: mails, networks, countries.
CREATE VIEW stats_accounts AS
SELECT account, sum(mails) AS mails, count(*) AS networks,
       count(DISTINCT nullif(country, '')) AS countries,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins
 GROUP BY account;

-- One row an account and country.
CREATE VIEW stats_account_countries AS
SELECT account, country, count(*) AS networks, sum(mails) AS mails,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins
 GROUP BY account, country;

-- One row a country.
CREATE VIEW stats_countries AS
SELECT country, count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks, sum(mails) AS mails,
       max(last_seen) AS last_seen
  FROM logins
 GROUP BY country;

-- One row a network: many accounts behind one are a company, or a botnet.
CREATE VIEW stats_networks AS
SELECT network, max(country) AS country,
       count(DISTINCT account) AS accounts, sum(mails) AS mails,
       max(last_seen) AS last_seen
  FROM logins
 GROUP BY network;

-- One row a cause: blocks that hold, the last blocks that ended, and the
-- requests refused by them.
CREATE VIEW stats_blocks AS
SELECT c.name AS cause, count(*) FILTER (WHERE b.ended_at IS NULL) AS holding,
       count(*) FILTER (WHERE b.ended_at IS NOT NULL) AS ended,
       sum(b.attempts) AS refused, max(b.began_at) AS last_seen
  FROM block b JOIN cause c ON c.cause = b.cause
 GROUP BY c.name;

-- One row: all of it.
CREATE VIEW stats_totals AS
SELECT count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks,
       count(DISTINCT nullif(country, '')) AS countries,
       coalesce(sum(mails), 0) AS mails,
       (SELECT count(*) FROM block WHERE ended_at IS NULL) AS blocked,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins;
INSERT INTO schema_version VALUES (4, '004-report', 1767225600000);
-- 005-http.sql -- overrides as administrators change them, and who did what.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- position: in the list of custom settings (GET /custom-settings); NULL: not
-- in it. revision: grows with each change, so that nobody overwrites what he
-- has not seen.
ALTER TABLE override ADD COLUMN position INTEGER;
ALTER TABLE override ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- Who changed what, when. Each new row removes some that are over 400 days
-- old.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,         -- user or token; who ran the command
    origin   TEXT NOT NULL,         -- address of the client, or how else
    action   TEXT NOT NULL,         -- block, unblock, override.put, ...
    subject  TEXT NOT NULL,         -- the account; '' if it is about more
    detail   TEXT NOT NULL DEFAULT '{}'     -- JSON
) STRICT;
INSERT INTO schema_version VALUES (5, '005-http', 1767225600000);
INSERT INTO account (account, evidence_since, blocked_until, last_network,
    last_country, last_seen, written_at, pending, countries, networks) VALUES
    ('joe@example.com', 1767225600000, 9223372036854775807, '192.0.2.1',
     'DE', 1767229200000, 1767229200000, 0, 2, 2),
    ('ann@example.com', 0, NULL, '2001:db8::/64', 'AT', 1767229260000,
     1767229200000, 3, 1, 1),
    ('Zoë@example.com', 0, NULL, NULL, '', 0, 0, 0, 0, 0);
UPDATE account SET rated_at = 1767229200000,
    rates = X'100e0000cce25900000000000200000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000100000080510100c8be03000000000003000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    instances = X'0500000000000000f9ffffffffffffff'
 WHERE account = 'ann@example.com';
INSERT INTO login VALUES
    ('joe@example.com', '192.0.2.1', 'DE', 1767225660000, 1767229200000, 7),
    ('joe@example.com', '198.51.100.0/24', 'FR', 1767225720000,
     1767225720000, 1),
    ('ann@example.com', '2001:db8::/64', 'AT', 1767225600000, 1767229200000,
     12);
INSERT INTO block VALUES
    ('joe@example.com', 2, 11, 10, 86400, 'as he said', 1767229200000,
     9223372036854775807, NULL, 4, '192.0.2.1', 'DE');
INSERT INTO override (account, countries, networks, home, home_countries,
    home_networks, only_countries, only_networks, rates, comment, author,
    changed_at, valid_until, position, revision) VALUES
    ('@example.com', 5, -1, 'DE,AT', NULL, 20, NULL, NULL, '2,3600,10,86400',
     'a "firm"', 'admin', 1767225600000, NULL, NULL, 3),
    ('joe@example.com', NULL, NULL, NULL, NULL, NULL, 'FR',
     '192.0.2.0/24,2001:db8::/32', '', '', '', 1767225600000,
     4102444800000, 1, 1),
    ('none@example.com', NULL, NULL, '', NULL, NULL, '', '', '0,0', '',
     '', 1767225600000, NULL, 2, 1);
INSERT INTO outbox (channel, kind, account, event, created_at, next_try,
    recipients) VALUES ('mail', 'block', 'joe@example.com',
    '{"event":"block","account":"joe@example.com","logins":[]}',
    1767229200000, 1767229200000, 'postmaster@example.com');
INSERT INTO hit VALUES
    ('joe@example.com', 2, 10, 86400, 5, 1767225600000, 1767229200000);
INSERT INTO turn VALUES ('report', 'host 1 2 3', 1767225600000);
INSERT INTO audit (at, actor, origin, action, subject, detail) VALUES
    (1767225600000, 'admin', '192.0.2.9', 'block', 'joe@example.com', '{}');
