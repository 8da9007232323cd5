-- 001-tables.sql -- what policyd remembers.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 1
--
-- Every key begins with the account. policyd creates the schema itself and
-- writes the number of this file to policyd.schema_version.

-- One row an account. It is the mutex of all that is counted for the account,
-- and holds what the common request reads and writes, so that such a request
-- touches this row alone.
CREATE TABLE policyd.account (
    account         text PRIMARY KEY,

    -- Logins up to here do not count: unblocking starts a fresh count.
    evidence_since  timestamptz NOT NULL DEFAULT '-infinity',
    -- NULL: not blocked; infinity: until unblocked. More in policyd.block.
    blocked_until   timestamptz,

    -- The login seen last. Its row in policyd.login is written when the
    -- account moves to another place; until then what happened since
    -- written_at is pending here (the view policyd.logins has it added).
    last_network    cidr,
    last_country    text,
    last_seen       timestamptz,
    written_at      timestamptz,
    pending         integer NOT NULL DEFAULT 0,
    last_instance   bigint,

    -- Places within the window, exact until counted_until; counted_with is a
    -- hash of the settings they depend on.
    countries       integer NOT NULL DEFAULT 0,
    networks        integer NOT NULL DEFAULT 0,
    home_countries  integer NOT NULL DEFAULT 0,
    home_networks   integer NOT NULL DEFAULT 0,
    counted_with    integer,
    counted_until   timestamptz,

    -- Rates: see policyd.rate_ask in check.sql. instances: hashes of the
    -- mails counted last, newest first.
    rates           bigint[],
    instances       bigint[],
    rated_at        timestamptz         -- when a rate was last counted
) WITH (fillfactor = 60);

-- One row an account and network. No other index: one on last_seen would make
-- every login an update of two indexes instead of a heap-only one.
CREATE TABLE policyd.login (
    account     text NOT NULL,
    network     cidr NOT NULL,
    country     text NOT NULL,          -- ISO 3166-1 alpha-2; '' unknown
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    mails       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account, network)
) WITH (fillfactor = 85);

-- The last block of an account: it holds while ended_at is NULL.
CREATE TABLE policyd.block (
    account   text PRIMARY KEY,
    cause     smallint NOT NULL,        -- policyd.cause_name says what it is
    found     integer NOT NULL,         -- places found ...
    allowed   integer NOT NULL,         -- ... and allowed
    per_s     integer NOT NULL,         -- the window, seconds
    note      text NOT NULL DEFAULT '', -- an administrator's reason
    began_at  timestamptz NOT NULL,
    until     timestamptz NOT NULL,     -- infinity: until unblocked
    ended_at  timestamptz,
    attempts  bigint NOT NULL DEFAULT 0,-- requests refused meanwhile
    client    inet,                     -- the login that caused it
    country   text NOT NULL DEFAULT ''
);

CREATE INDEX block_open ON policyd.block (until) WHERE ended_at IS NULL;

-- Settings of one account or @domain; they win over the configuration file.
-- NULL: the general value; -1: unlimited; an empty rates array: no rate.
CREATE TABLE policyd.override (
    account         text PRIMARY KEY,   -- lower case; '@domain' for all of it
    countries       integer CHECK (countries >= -1),
    networks        integer CHECK (networks >= -1),
    home            text[],
    home_countries  integer CHECK (home_countries >= -1),
    home_networks   integer CHECK (home_networks >= -1),
    only_countries  text[],
    only_networks   cidr[],
    rates           integer[]           -- mails, seconds, mails, seconds, ...
        CHECK (coalesce(array_length(rates, 1), 0) % 2 = 0),
    comment         text NOT NULL DEFAULT '',
    author          text NOT NULL DEFAULT '',
    changed_at      timestamptz NOT NULL DEFAULT now(),
    valid_until     timestamptz         -- NULL: for ever
);

-- What is to be told to somebody: written with the event, in its transaction;
-- one row for each way of telling (channel).
CREATE TABLE policyd.outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel       text NOT NULL,        -- mail, account, exec, webhook
    kind          text NOT NULL,        -- block, unblock
    account       text NOT NULL,
    event         jsonb NOT NULL,
    created_at    timestamptz NOT NULL,
    attempts      integer NOT NULL DEFAULT 0,
    next_try      timestamptz NOT NULL,
    ended_at      timestamptz,          -- told, or given up
    error         text NOT NULL DEFAULT '',
    -- Who is still to get a mail, one a line; '' everybody.
    recipients    text NOT NULL DEFAULT ''
);
CREATE INDEX outbox_open ON policyd.outbox (next_try) WHERE ended_at IS NULL;

-- Who reached which limit or rate since the last report.
CREATE TABLE policyd.hit (
    account     text NOT NULL,
    cause       smallint NOT NULL,
    allowed     integer NOT NULL,
    per_s       integer NOT NULL,
    times       bigint NOT NULL,
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    PRIMARY KEY (account, cause, allowed, per_s)
);
