-- 001-tables.sql -- what policyd remembers, in one SQLite file.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 1
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

-- The name of a cause, as it is shown.
CREATE TABLE cause (
    cause  INTEGER PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT;
