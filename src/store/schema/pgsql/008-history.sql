-- 008-history.sql -- what was, for those who look: decisions in buckets of time.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 8

-- Requests by verdict, in buckets of a minute, an hour and a day (span: seconds)
-- of each host; us: the microseconds they took in all; took_1ms and the like:
-- how many took up to so long, and longer than the one before it. The writer
-- deletes minutes after 25 hours, hours after 31 days and days after 400.
CREATE TABLE policyd.decisions (
    span           integer NOT NULL,
    began          timestamptz NOT NULL,
    host           text NOT NULL,
    passed         bigint NOT NULL DEFAULT 0,
    exempt         bigint NOT NULL DEFAULT 0,
    blocked        bigint NOT NULL DEFAULT 0,
    over_limit     bigint NOT NULL DEFAULT 0,
    over_rate      bigint NOT NULL DEFAULT 0,
    deferred       bigint NOT NULL DEFAULT 0,
    errors         bigint NOT NULL DEFAULT 0,
    us             bigint NOT NULL DEFAULT 0,
    took_250us     bigint NOT NULL DEFAULT 0,
    took_500us     bigint NOT NULL DEFAULT 0,
    took_1ms       bigint NOT NULL DEFAULT 0,
    took_2500us    bigint NOT NULL DEFAULT 0,
    took_5ms       bigint NOT NULL DEFAULT 0,
    took_10ms      bigint NOT NULL DEFAULT 0,
    took_25ms      bigint NOT NULL DEFAULT 0,
    took_100ms     bigint NOT NULL DEFAULT 0,
    took_500ms     bigint NOT NULL DEFAULT 0,
    took_1s        bigint NOT NULL DEFAULT 0,
    took_2500ms    bigint NOT NULL DEFAULT 0,
    took_longer    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (span, began, host)
);

-- The hosts that use the store, with what they told last; state: JSON. One that
-- was not seen for 30 days goes.
CREATE TABLE policyd.host (
    host     text PRIMARY KEY,
    version  text NOT NULL,         -- of the program
    seen     timestamptz NOT NULL,
    state    jsonb NOT NULL DEFAULT '{}'
);

-- What is known of how an account is used, see store/history.h: its days,
-- places, peaks. history_since, of the last row: since when the store learns.
ALTER TABLE policyd.account ADD COLUMN history bytea;
ALTER TABLE policyd.schema_version ADD COLUMN history_since timestamptz;

-- Networks of the window that `places` has no room for, counted by country and
-- autonomous system; see store/older_places.h.
ALTER TABLE policyd.account ADD COLUMN older text NOT NULL DEFAULT '';

-- overrides: another number with each change of them, so that who knows that an
-- account has none need not look again. memory: for so many milliseconds
-- servers may let logins pass that they remember, see policyd.memory_for.
CREATE TABLE policyd.revision (
    of        text PRIMARY KEY,
    revision  bigint NOT NULL
);
INSERT INTO policyd.revision VALUES ('overrides', 1), ('memory', 0);

-- The functions of version 7 that have others in their place now.
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT oid::regprocedure AS name FROM pg_proc
              WHERE pronamespace = 'policyd'::regnamespace
                AND proname IN ('load', 'save')
    LOOP
        EXECUTE format('DROP FUNCTION %s', r.name);
    END LOOP;
END
$$;

-- Which mode each host is in, and when one last went from observe to enforce:
-- what was counted before the last of these times does not count in enforce
-- (store/mode_change.h). first_at: since then blocked accounts' logins are kept.
CREATE TABLE policyd.mode (
    host      text PRIMARY KEY,
    mode      text NOT NULL,
    since     timestamptz NOT NULL DEFAULT '-infinity',
    taken_at  timestamptz NOT NULL,
    first_at  timestamptz NOT NULL
);

-- Who would be blocked, were the mode not observe; as policyd.block.
CREATE TABLE policyd.would (
    account    text PRIMARY KEY,
    cause      smallint NOT NULL,
    found      integer NOT NULL,
    allowed    integer NOT NULL,
    per_s      integer NOT NULL,
    began_at   timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    last_seen  timestamptz NOT NULL,
    client     inet,
    country    text NOT NULL DEFAULT ''
);
CREATE INDEX would_until ON policyd.would (until);

-- From where blocked accounts are used; some networks of each.
CREATE TABLE policyd.attempt (
    account     text NOT NULL,
    network     cidr NOT NULL,
    country     text NOT NULL,
    asn         bigint NOT NULL DEFAULT 0,
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    PRIMARY KEY (account, network)
);
CREATE INDEX attempt_last_seen ON policyd.attempt (last_seen);
