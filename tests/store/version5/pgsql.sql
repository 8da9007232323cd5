CREATE SCHEMA policyd;
-- Made by make.sh.
CREATE TABLE policyd.schema_version (
version integer PRIMARY KEY, name text NOT NULL,
at timestamptz NOT NULL DEFAULT now());
-- 001-tables.sql -- what policyd remembers.
-- SPDX-License-Identifier: GPL-3.0-or-later
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

    -- Rates: see policyd.rate_ask in 002-check.sql. instances: hashes of the
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

-- Logins with what is still pending in the account row: read this one.
CREATE VIEW policyd.logins AS
SELECT l.account, l.network, l.country, l.first_seen,
       CASE WHEN l.network = a.last_network
            THEN greatest(l.last_seen, a.last_seen)
            ELSE l.last_seen END AS last_seen,
       l.mails + CASE WHEN l.network = a.last_network
                      THEN a.pending ELSE 0 END AS mails,
       coalesce(a.evidence_since, '-infinity') AS evidence_since
  FROM policyd.login l
  LEFT JOIN policyd.account a ON a.account = l.account;

-- The name of a cause, as it is shown.
CREATE FUNCTION policyd.cause_name(cause integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT (ARRAY['countries', 'networks', 'home countries', 'home networks',
                  'outside the allowed countries',
                  'outside the allowed networks', 'rate', 'manual'])[cause]
$$;
INSERT INTO policyd.schema_version VALUES (1, '001-tables', now());
-- 002-check.sql -- record, count and judge one request.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Rates. The state of a rule {mails, per} is a ring of 15 numbers: per in
-- seconds, the number of its newest sub-bucket, and 13 sums, newest first: the
-- running sub-bucket and the 12 before it, each a twelfth of `per` long. They
-- cover any window of `per` whole, so never more than `mails` get through in
-- one, and a mail is forgotten at most one sub-bucket late. The rings of all
-- rules stand one behind the other; a rule finds its ring by `per`.
--
-- rate_ring: the ring of a rule, turned to the present.
CREATE FUNCTION policyd.rate_ring(state bigint[], per_s integer,
    at timestamptz) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    width   bigint := (per_s::bigint * 1000000 + 11) / 12;
    bucket  bigint := (extract(epoch FROM at) * 1000000)::bigint / width;
    steps   bigint;
BEGIN
    FOR k IN 0 .. coalesce(array_length(state, 1), 0) / 15 - 1 LOOP
        CONTINUE WHEN state[15 * k + 1] <> per_s;
        -- A clock that went back stays in the newest sub-bucket.
        steps := least(bucket - state[15 * k + 2], 13);
        IF steps <= 0 THEN
            RETURN state[15 * k + 1 : 15 * k + 15];
        END IF;
        RETURN ARRAY[per_s::bigint, bucket]
            || array_fill(0::bigint, ARRAY[steps::integer])
            || state[15 * k + 3 : 15 * k + 15 - steps::integer];
    END LOOP;
    RETURN ARRAY[per_s::bigint, bucket] || array_fill(0::bigint, ARRAY[13]);
END
$$;

CREATE FUNCTION policyd.rate_sum(ring bigint[]) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    n      bigint;
    total  bigint := -ring[1] - ring[2];
BEGIN
    FOREACH n IN ARRAY ring LOOP
        total := total + n;
    END LOOP;
    RETURN total;
END
$$;

-- Would `weight` more mails break a rule? If not, state comes back with them
-- added. over: the number of the broken rule, 0 for none; used: its mails.
CREATE FUNCTION policyd.rate_ask(
    INOUT state bigint[], rules integer[], weight integer, at timestamptz,
    OUT over integer, OUT used bigint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    fresh  bigint[] := '{}';
    ring   bigint[];
BEGIN
    over := 0;
    FOR i IN 1 .. coalesce(array_length(rules, 1), 0) / 2 LOOP
        ring := policyd.rate_ring(state, rules[2 * i], at);
        used := policyd.rate_sum(ring);
        IF used + weight > rules[2 * i - 1] THEN
            over := i;
            RETURN;     -- refused: nothing is added to any rule
        END IF;
        ring[3] := ring[3] + weight;
        fresh := fresh || ring;
    END LOOP;
    state := fresh;
END
$$;

-- The event as it is told by mail, program and webhook.
CREATE FUNCTION policyd.event(p_kind text, p_account text, p_at timestamptz,
    p_server text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'event', p_kind, 'account', p_account, 'server', p_server,
        'at', (extract(epoch FROM p_at) * 1000)::bigint,
        'cause', b.cause, 'found', b.found, 'limit', b.allowed,
        'per', b.per_s, 'note', b.note,
        'client', coalesce(host(b.client), ''), 'country', b.country,
        'began', (extract(epoch FROM b.began_at) * 1000)::bigint,
        'until', CASE WHEN isfinite(b.until) THEN
            (extract(epoch FROM b.until) * 1000)::bigint ELSE 0 END,
        'attempts', b.attempts,
        'countries', (SELECT countries FROM policyd.account a
                       WHERE a.account = p_account),
        'networks', (SELECT networks FROM policyd.account a
                      WHERE a.account = p_account),
        'logins', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                       'network', CASE WHEN masklen(l.network) =
                           CASE family(l.network) WHEN 4 THEN 32 ELSE 128 END
                           THEN host(l.network) ELSE l.network::text END,
                       'country', l.country,
                       'first', (extract(epoch FROM l.first_seen)
                                 * 1000)::bigint,
                       'last', (extract(epoch FROM l.last_seen)
                                * 1000)::bigint,
                       'mails', l.mails)
                   ORDER BY l.last_seen DESC, l.network)
              FROM (SELECT * FROM policyd.logins
                     WHERE account = p_account AND last_seen > evidence_since
                       -- The window that was judged; 0: by an administrator.
                       AND (b.per_s = 0 OR last_seen > b.began_at
                                           - make_interval(secs => b.per_s))
                     ORDER BY last_seen DESC, network LIMIT 20) l), '[]'))
      FROM policyd.block b WHERE b.account = p_account
$$;

-- Block an account. The caller holds the account's row.
CREATE FUNCTION policyd.begin_block(p_account text, p_cause integer,
    p_found integer, p_allowed integer, p_per_s integer, p_note text,
    p_client inet, p_country text, p_now timestamptz, p_block_s integer,
    p_notify text[], p_server text
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    v_until timestamptz := CASE WHEN p_block_s = 0 THEN 'infinity'
        ELSE p_now + make_interval(secs => p_block_s) END;
BEGIN
    INSERT INTO policyd.block AS b VALUES (p_account, p_cause, p_found,
        p_allowed, p_per_s, p_note, p_now, v_until, NULL, 0, p_client,
        p_country)
    ON CONFLICT (account) DO UPDATE SET
        cause = excluded.cause, found = excluded.found,
        allowed = excluded.allowed, per_s = excluded.per_s,
        note = excluded.note, began_at = excluded.began_at,
        until = excluded.until, ended_at = NULL, attempts = 0,
        client = excluded.client, country = excluded.country;
    UPDATE policyd.account SET blocked_until = v_until
     WHERE account = p_account;
    INSERT INTO policyd.outbox (channel, kind, account, event, created_at,
                                next_try)
    SELECT c, 'block', p_account,
           policyd.event('block', p_account, p_now, p_server), p_now, p_now
      FROM unnest(p_notify) c;
    RETURN v_until;
END
$$;

-- End a block and start a fresh count. The caller holds the account's row.
CREATE FUNCTION policyd.end_block(p_account text, p_at timestamptz,
    p_notify text[], p_server text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO policyd.outbox (channel, kind, account, event, created_at,
                                next_try)
    SELECT c, 'unblock', p_account,
           policyd.event('unblock', p_account, p_at, p_server), p_at, p_at
      FROM unnest(p_notify) c;
    UPDATE policyd.block SET ended_at = p_at
     WHERE account = p_account AND ended_at IS NULL;
    -- What is pending goes to its login before the place is forgotten.
    INSERT INTO policyd.login AS l
    SELECT p_account, last_network, last_country, written_at, last_seen,
           pending
      FROM policyd.account
     WHERE account = p_account AND last_network IS NOT NULL
       AND (pending > 0 OR last_seen > written_at)
    ON CONFLICT (account, network) DO UPDATE
       SET mails = l.mails + excluded.mails,
           last_seen = greatest(l.last_seen, excluded.last_seen);
    UPDATE policyd.account SET blocked_until = NULL, evidence_since = p_at,
           last_network = NULL, pending = 0, countries = 0, networks = 0,
           home_countries = 0, home_networks = 0, counted_with = NULL
     WHERE account = p_account;
END
$$;

-- One request of one account: steps 4 and 7 to 10 of the decision. Limits that
-- are NULL are lifted; lists that are NULL do not exist. p_network NULL: the
-- login does not count. p_mode: 1 refuse while over the limit, 2 block; 0 and
-- 3 say what 1 and 2 would, and block nobody. p_rates: mails and seconds of
-- each rule by turns. Times are the server's clock unless p_now is given.
--
-- verdict: 0 pass, 1 blocked, 2 over a limit, 3 over a rate. amount and
-- allowed: places or mails; until_ms: end of the block, 0 for none.
CREATE FUNCTION policyd.check(
    p_account text, p_domain text, p_client inet, p_network cidr,
    p_country text, p_instance text, p_window_s integer,
    p_countries integer, p_networks integer, p_home text[],
    p_home_countries integer, p_home_networks integer, p_exempt text[],
    p_only_countries text[], p_only_networks cidr[], p_mode integer,
    p_block_s integer, p_rates integer[], p_weight integer, p_once boolean,
    p_notify text[], p_notify_end text[], p_server text, p_now timestamptz,
    OUT verdict integer, OUT cause integer, OUT is_new boolean,
    OUT amount integer, OUT allowed integer, OUT per_s integer,
    OUT until_ms bigint, OUT note text, OUT countries integer,
    OUT networks integer, OUT home_countries integer,
    OUT home_networks integer, OUT max_countries integer,
    OUT max_networks integer, OUT home_max_countries integer,
    OUT home_max_networks integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_now      timestamptz := coalesce(p_now, clock_timestamp());
    v_instance bigint := CASE WHEN p_instance <> ''
                         THEN hashtextextended(p_instance, 0) END;
    v_window   interval := make_interval(secs => p_window_s);
    v_with     integer;
    v_since    timestamptz;
    v_is_new   boolean;
    v_is_rated boolean := false;
    v_until    timestamptz;
    v_sync     text;
    v_mail     integer;
    a          policyd.account%ROWTYPE;
    b          policyd.block%ROWTYPE;
    l          policyd.login%ROWTYPE;
    o          policyd.override%ROWTYPE;
    r          record;
BEGIN
    verdict := 0; cause := 0; is_new := false; amount := 0; allowed := 0;
    per_s := 0; until_ms := 0; note := '';

    -- Overrides in the store win: the domain's, then the account's over it.
    IF EXISTS (SELECT FROM policyd.override
                WHERE account IN (p_account, p_domain)) THEN
        FOR o IN SELECT * FROM policyd.override
                  WHERE account IN (p_account, p_domain)
                    AND (valid_until IS NULL OR valid_until > v_now)
                  ORDER BY (account = p_account) LOOP
            p_countries := CASE o.countries WHEN -1 THEN NULL
                ELSE coalesce(o.countries, p_countries) END;
            p_networks := CASE o.networks WHEN -1 THEN NULL
                ELSE coalesce(o.networks, p_networks) END;
            p_home := coalesce(o.home, p_home);
            p_home_countries := CASE o.home_countries WHEN -1 THEN NULL
                ELSE coalesce(o.home_countries, p_home_countries) END;
            p_home_networks := CASE o.home_networks WHEN -1 THEN NULL
                ELSE coalesce(o.home_networks, p_home_networks) END;
            -- An empty list lifts the one of the configuration.
            p_only_countries := nullif(
                coalesce(o.only_countries, p_only_countries), '{}');
            p_only_networks := nullif(
                coalesce(o.only_networks, p_only_networks), '{}');
            p_rates := coalesce(o.rates, p_rates);
        END LOOP;
    END IF;
    max_countries := p_countries; max_networks := p_networks;
    home_max_countries := p_home_countries;
    home_max_networks := p_home_networks;
    v_with := hashtext(concat_ws('|', p_window_s, p_home, p_exempt));

    -- The common case in one statement: the place is the one seen last, nothing
    -- is blocked and no limit is exceeded.
    IF p_only_countries IS NULL AND p_only_networks IS NULL
       AND (p_weight = 0 OR array_length(p_rates, 1) IS NULL) THEN
        UPDATE policyd.account
           SET last_seen = v_now, last_instance = v_instance,
               pending = pending
                   + (last_instance IS DISTINCT FROM v_instance
                      OR v_instance IS NULL)::integer
         WHERE account = p_account AND last_network = p_network
           AND last_country = p_country AND blocked_until IS NULL
           AND last_seen > evidence_since
           AND last_seen > v_now - v_window AND counted_until > v_now
           AND counted_with = v_with
           AND (countries > p_countries OR networks > p_networks
                OR home_countries > p_home_countries
                OR home_networks > p_home_networks) IS NOT TRUE
        RETURNING account.countries, account.networks,
                  account.home_countries, account.home_networks
             INTO countries, networks, home_countries, home_networks;
        IF FOUND THEN
            v_sync := set_config('synchronous_commit', 'off', true);
            RETURN;
        END IF;
    END IF;

    -- All else queues up at the account's row.
    LOOP
        SELECT * INTO a FROM policyd.account WHERE account = p_account
           FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        -- Nothing is stored of a login that does not count.
        EXIT WHEN p_network IS NULL
              AND (p_weight = 0 OR array_length(p_rates, 1) IS NULL);
        INSERT INTO policyd.account (account) VALUES (p_account)
        ON CONFLICT DO NOTHING;
    END LOOP;
    v_now := coalesce(p_now, clock_timestamp());

    IF a.blocked_until > v_now THEN
        UPDATE policyd.block SET attempts = attempts + 1
         WHERE account = p_account AND ended_at IS NULL
        RETURNING * INTO b;
        verdict := 1; cause := coalesce(b.cause, 8);
        amount := coalesce(b.found, 0); allowed := coalesce(b.allowed, 0);
        per_s := coalesce(b.per_s, 0); note := coalesce(b.note, '');
        until_ms := CASE WHEN isfinite(a.blocked_until) THEN
            (extract(epoch FROM a.blocked_until) * 1000)::bigint ELSE 0 END;
        countries := a.countries; networks := a.networks;
        home_countries := a.home_countries; home_networks := a.home_networks;
        v_sync := set_config('synchronous_commit', 'off', true);
        RETURN;
    ELSIF a.blocked_until IS NOT NULL THEN
        -- Its time is over: a fresh count begins where it ended.
        PERFORM policyd.end_block(p_account, a.blocked_until, p_notify_end,
                                  p_server);
        SELECT * INTO a FROM policyd.account WHERE account = p_account;
    ELSE
        v_sync := 'off';
    END IF;

    IF p_network IS NOT NULL THEN
        v_since := greatest(v_now - v_window, a.evidence_since);
        v_mail := (a.last_instance IS DISTINCT FROM v_instance
                   OR v_instance IS NULL)::integer;
        v_is_new := (a.last_network = p_network AND a.last_country = p_country
                     AND a.last_seen > v_since) IS NOT TRUE;
        IF v_is_new OR a.counted_with IS DISTINCT FROM v_with
           OR a.counted_until <= v_now THEN
            -- Before places are counted the account's last login goes to its
            -- row, which cleaning may have taken away.
            IF a.last_network = p_network THEN
                v_mail := v_mail + a.pending;
            ELSIF a.last_network IS NOT NULL
                  AND (a.pending > 0 OR a.last_seen > a.written_at) THEN
                INSERT INTO policyd.login AS x VALUES (p_account,
                    a.last_network, a.last_country, a.written_at, a.last_seen,
                    a.pending)
                ON CONFLICT (account, network) DO UPDATE
                   SET mails = x.mails + a.pending,
                       last_seen = greatest(x.last_seen, a.last_seen);
            END IF;
            a.pending := 0;
            IF v_is_new THEN
                SELECT * INTO l FROM policyd.login
                 WHERE account = p_account AND network = p_network;
                v_is_new := NOT FOUND OR l.last_seen <= v_since
                            OR l.country <> p_country;
            END IF;
            INSERT INTO policyd.login AS x VALUES (p_account, p_network,
                p_country, v_now, v_now, v_mail)
            ON CONFLICT (account, network) DO UPDATE
               SET last_seen = greatest(x.last_seen, v_now),
                   country = p_country, mails = x.mails + v_mail;
            a.written_at := v_now;
        ELSE
            a.pending := a.pending + v_mail;
        END IF;
        a.last_network := p_network; a.last_country := p_country;
        a.last_seen := v_now; a.last_instance := v_instance;

        IF v_is_new OR a.counted_with IS DISTINCT FROM v_with
           OR a.counted_until <= v_now THEN
            SELECT count(DISTINCT country)
                       FILTER (WHERE NOT is_home AND country <> ''),
                   count(*) FILTER (WHERE NOT is_home),
                   count(DISTINCT country) FILTER (WHERE is_home),
                   count(*) FILTER (WHERE is_home),
                   coalesce(min(last_seen), v_now) + v_window
              INTO a.countries, a.networks, a.home_countries,
                   a.home_networks, a.counted_until
              FROM (SELECT country, last_seen,
                           country = ANY (p_home) AS is_home
                      FROM policyd.login
                     WHERE account = p_account AND last_seen > v_since
                       AND country <> ALL (p_exempt)) AS within;
            a.counted_with := v_with;
        END IF;

        -- Judge: policy/limits.c says the same, by the same table of tests.
        IF p_only_countries IS NOT NULL OR p_only_networks IS NOT NULL THEN
            IF p_country = ANY (p_exempt) THEN
                NULL;
            ELSIF p_country <> '' AND p_country <> ALL (p_only_countries) THEN
                cause := 5; amount := 1;
            ELSIF NOT p_client <<= ANY (p_only_networks) THEN
                cause := 6; amount := 1;
            END IF;
        ELSIF a.countries > p_countries THEN
            cause := 1; amount := a.countries; allowed := p_countries;
        ELSIF a.networks > p_networks THEN
            cause := 2; amount := a.networks; allowed := p_networks;
        ELSIF a.home_countries > p_home_countries THEN
            cause := 3; amount := a.home_countries;
            allowed := p_home_countries;
        ELSIF a.home_networks > p_home_networks THEN
            cause := 4; amount := a.home_networks; allowed := p_home_networks;
        END IF;
        IF cause > 0 THEN
            per_s := p_window_s;
            verdict := CASE WHEN p_mode >= 2 THEN 1 ELSE 2 END;
        END IF;
    END IF;
    countries := a.countries; networks := a.networks;
    home_countries := a.home_countries; home_networks := a.home_networks;

    IF cause = 0 AND p_weight > 0 AND array_length(p_rates, 1) > 0
       AND NOT (p_once AND v_instance = ANY (a.instances)) IS TRUE THEN
        r := policyd.rate_ask(a.rates, p_rates, p_weight, v_now);
        IF r.over > 0 THEN
            verdict := 3; cause := 7; amount := r.used;
            allowed := p_rates[2 * r.over - 1]; per_s := p_rates[2 * r.over];
        ELSE
            a.rates := r.state; a.rated_at := v_now; v_is_rated := true;
            IF p_once AND v_instance IS NOT NULL THEN
                a.instances := (v_instance || a.instances)[1:64];
            END IF;
        END IF;
    END IF;

    IF p_network IS NOT NULL OR v_is_rated THEN
        UPDATE policyd.account
           SET last_network = a.last_network, last_country = a.last_country,
               last_seen = a.last_seen, written_at = a.written_at,
               pending = a.pending, last_instance = a.last_instance,
               countries = a.countries, networks = a.networks,
               home_countries = a.home_countries,
               home_networks = a.home_networks,
               counted_with = a.counted_with,
               counted_until = a.counted_until,
               rates = a.rates, instances = a.instances,
               rated_at = a.rated_at
         WHERE account = p_account;
    END IF;

    IF cause > 0 THEN
        INSERT INTO policyd.hit AS h VALUES (p_account, cause, allowed, per_s,
            1, v_now, v_now)
        ON CONFLICT (account, cause, allowed, per_s) DO UPDATE
           SET times = h.times + 1, last_seen = v_now;
    END IF;
    IF verdict = 1 AND p_mode = 2 THEN
        is_new := true;
        v_sync := NULL;     -- a block must last: wait for the disk
        v_until := policyd.begin_block(p_account, cause, amount, allowed,
            per_s, '', p_client, p_country, v_now, p_block_s, p_notify,
            p_server);
        IF isfinite(v_until) THEN
            until_ms := extract(epoch FROM v_until) * 1000;
        END IF;
    END IF;
    IF v_sync IS NOT NULL THEN
        -- What can be counted again need not wait for the disk.
        v_sync := set_config('synchronous_commit', 'off', true);
    END IF;
END
$$;
INSERT INTO policyd.schema_version VALUES (2, '002-check', now());
-- 003-admin.sql -- block and unblock by hand, expiry, cleaning.
-- SPDX-License-Identifier: GPL-3.0-or-later

CREATE FUNCTION policyd.block_account(p_account text, p_block_s integer,
    p_note text, p_notify text[], p_server text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO policyd.account (account) VALUES (p_account)
    ON CONFLICT DO NOTHING;
    PERFORM FROM policyd.account WHERE account = p_account FOR NO KEY UPDATE;
    PERFORM policyd.begin_block(p_account, 8, 0, 0, 0, p_note, NULL, '',
        coalesce(p_now, clock_timestamp()), p_block_s, p_notify, p_server);
END
$$;

-- Returns false if the account is not blocked.
CREATE FUNCTION policyd.unblock_account(p_account text, p_notify text[],
    p_server text, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_until timestamptz;
    v_now   timestamptz;
BEGIN
    SELECT blocked_until INTO v_until FROM policyd.account
     WHERE account = p_account FOR NO KEY UPDATE;
    v_now := coalesce(p_now, clock_timestamp());
    IF v_until IS NULL THEN
        RETURN false;
    END IF;
    PERFORM policyd.end_block(p_account, least(v_until, v_now), p_notify,
                              p_server);
    RETURN v_until > v_now;
END
$$;

-- End the blocks whose time is over, at most p_most; returns how many.
CREATE FUNCTION policyd.expire(p_most integer, p_notify text[], p_server text,
    p_now timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_now   timestamptz := coalesce(p_now, clock_timestamp());
    v_count integer := 0;
    v_row   record;
BEGIN
    FOR v_row IN
        SELECT a.account, a.blocked_until FROM policyd.account a
         WHERE a.account IN (SELECT account FROM policyd.block
                              WHERE ended_at IS NULL AND until <= v_now
                              LIMIT p_most)
           AND a.blocked_until <= v_now
           FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        PERFORM policyd.end_block(v_row.account, v_row.blocked_until,
                                  p_notify, p_server);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- Cleaning walks the primary key in batches, so that each transaction is
-- short and no index on last_seen is needed. p_after is where the last batch
-- ended; next is where the next begins, NULL at the end of the table. The
-- planner cannot know how small a batch is, and would rather read the whole
-- table: so it is told not to, and rows are deleted by their place (ctid). A
-- row that changed meanwhile is somewhere else, or not old any more.
CREATE FUNCTION policyd.clean_logins(p_before timestamptz, p_account text,
    p_network cidr, p_most integer, OUT deleted bigint,
    OUT next_account text, OUT next_network cidr
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, account, network, last_seen
          FROM policyd.login
         WHERE (account, network) > (p_account, p_network)
         ORDER BY account, network LIMIT p_most
    ), old AS MATERIALIZED (
        -- What the account row has pending counts; who waits for us must not
        -- be waited for.
        SELECT l.ctid AS place
          FROM policyd.login l
          LEFT JOIN policyd.account a
            ON a.account = l.account AND a.last_network = l.network
         WHERE l.ctid = ANY (ARRAY(SELECT place FROM batch
                                    WHERE last_seen < p_before))
           AND l.last_seen < p_before
           AND (a.last_seen < p_before) IS NOT FALSE
           FOR UPDATE OF l SKIP LOCKED
    ), gone AS (
        DELETE FROM policyd.login
         WHERE ctid = ANY (ARRAY(SELECT place FROM old))
        RETURNING 1
    ), last AS (
        SELECT account, network FROM batch
         ORDER BY account DESC, network DESC LIMIT 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT account FROM last
             WHERE (SELECT count(*) FROM batch) = p_most),
           (SELECT network FROM last
             WHERE (SELECT count(*) FROM batch) = p_most)
$$;

-- Blocks that ended.
CREATE FUNCTION policyd.clean_blocks(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, account, ended_at FROM policyd.block
         WHERE account > p_account ORDER BY account LIMIT p_most
    ), gone AS (
        DELETE FROM policyd.block
         WHERE ctid = ANY (ARRAY(SELECT place FROM batch
                                  WHERE ended_at < p_before))
           AND ended_at < p_before
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch HAVING count(*) = p_most)
$$;

-- Accounts that were idle that long, have no login left and no block.
CREATE FUNCTION policyd.clean_accounts(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, account FROM policyd.account
         WHERE account > p_account ORDER BY account LIMIT p_most
    ), idle AS MATERIALIZED (
        SELECT a.ctid AS place FROM policyd.account a
         WHERE a.ctid = ANY (ARRAY(SELECT place FROM batch))
           AND a.blocked_until IS NULL
           AND coalesce(a.last_seen, '-infinity') < p_before
           AND coalesce(a.rated_at, '-infinity') < p_before
           AND a.evidence_since < p_before
           AND NOT EXISTS (SELECT FROM policyd.login l
                            WHERE l.account = a.account)
           FOR UPDATE OF a SKIP LOCKED
    ), gone AS (
        DELETE FROM policyd.account
         WHERE ctid = ANY (ARRAY(SELECT place FROM idle)) RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch
            HAVING count(*) = p_most)
$$;

-- Milliseconds since 1970; 0 is NULL.
CREATE FUNCTION policyd.at_ms(ms bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ms <> 0 THEN to_timestamp(ms / 1000.0) END
$$;

-- Take over accounts and their blocks from another store: what is here is kept
-- where it is newer. p_rows: what facts/pgsql_copy.c writes.
CREATE FUNCTION policyd.load_accounts(p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM jsonb_to_recordset(p_rows) AS x(account text,
                 since bigint, has_block boolean, cause integer, found integer,
                 allowed integer, per_s integer, note text, began bigint,
                 until bigint, ended bigint, attempts bigint, client text,
                 country text) ORDER BY account
    LOOP
        INSERT INTO policyd.account AS a (account, evidence_since)
        VALUES (r.account, coalesce(policyd.at_ms(r.since), '-infinity'))
        ON CONFLICT (account) DO UPDATE SET
            evidence_since = greatest(a.evidence_since,
                                      excluded.evidence_since),
            counted_with = NULL;
        CONTINUE WHEN NOT r.has_block;
        INSERT INTO policyd.block AS b VALUES (r.account, r.cause, r.found,
            r.allowed, r.per_s, r.note, policyd.at_ms(r.began),
            coalesce(policyd.at_ms(r.until), 'infinity'),
            policyd.at_ms(r.ended), r.attempts, nullif(r.client, '')::inet,
            r.country)
        ON CONFLICT (account) DO UPDATE SET
            cause = excluded.cause, found = excluded.found,
            allowed = excluded.allowed, per_s = excluded.per_s,
            note = excluded.note, began_at = excluded.began_at,
            until = excluded.until, ended_at = excluded.ended_at,
            attempts = excluded.attempts, client = excluded.client,
            country = excluded.country
        WHERE b.began_at < excluded.began_at;
        UPDATE policyd.account a
           SET blocked_until = CASE WHEN b.ended_at IS NULL THEN b.until END
          FROM policyd.block b
         WHERE a.account = r.account AND b.account = r.account;
    END LOOP;
END
$$;

-- The same for logins.
CREATE FUNCTION policyd.load_logins(p_rows jsonb) RETURNS void
LANGUAGE sql AS $$
    WITH known AS MATERIALIZED (
        SELECT account FROM policyd.account
         WHERE account IN (SELECT x->>'account'
                             FROM jsonb_array_elements(p_rows) x)
         ORDER BY account FOR NO KEY UPDATE
    ) UPDATE policyd.account a SET counted_with = NULL
        FROM known WHERE a.account = known.account;
    INSERT INTO policyd.login AS l
    SELECT account, network, country, policyd.at_ms(first),
           policyd.at_ms(last), mails
      FROM jsonb_to_recordset(p_rows) AS x(account text, network cidr,
               country text, first bigint, last bigint, mails bigint)
     ORDER BY account, network
    ON CONFLICT (account, network) DO UPDATE SET
        country = CASE WHEN l.last_seen < excluded.last_seen
                       THEN excluded.country ELSE l.country END,
        first_seen = least(l.first_seen, excluded.first_seen),
        last_seen = greatest(l.last_seen, excluded.last_seen),
        mails = greatest(l.mails, excluded.mails)
$$;
INSERT INTO policyd.schema_version VALUES (3, '003-admin', now());
-- 004-report.sql -- turns, cleaning, the report, and views for psql.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Whose turn it is to do what only one may do at a time. It is a row and no
-- advisory lock, which would be of no use behind a pooler that gives each
-- transaction another connection. A turn that nobody renews is over in time.
CREATE TABLE policyd.turn (
    name   text PRIMARY KEY,            -- clean, report
    owner  text NOT NULL,
    until  timestamptz NOT NULL
);

-- Take a turn, or renew it; false: somebody else has it.
CREATE FUNCTION policyd.take_turn(p_name text, p_owner text, p_lease_s integer,
    p_now timestamptz) RETURNS boolean LANGUAGE sql AS $$
    WITH taken AS (
        INSERT INTO policyd.turn AS t VALUES (p_name, p_owner,
            coalesce(p_now, clock_timestamp())
                + make_interval(secs => p_lease_s))
        ON CONFLICT (name) DO UPDATE
           SET owner = excluded.owner, until = excluded.until
         WHERE t.owner = p_owner
            OR t.until <= coalesce(p_now, clock_timestamp())
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM taken)
$$;

-- Notifications that were delivered or given up long ago. As the functions of
-- 003-admin.sql; the key is a number here, and comes and goes as text.
CREATE FUNCTION policyd.clean_outbox(p_before timestamptz, p_after text,
    p_most integer, OUT deleted bigint, OUT next_id text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, id, ended_at FROM policyd.outbox
         WHERE id > coalesce(nullif(p_after, '')::bigint, 0)
         ORDER BY id LIMIT p_most
    ), gone AS (
        DELETE FROM policyd.outbox
         WHERE ctid = ANY (ARRAY(SELECT place FROM batch
                                  WHERE ended_at < p_before))
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(id)::text FROM batch HAVING count(*) = p_most)
$$;

-- What was reached long ago, if nobody wants a report of it.
CREATE FUNCTION policyd.clean_hits(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_hashagg = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT DISTINCT account FROM policyd.hit
         WHERE account > p_account ORDER BY account LIMIT p_most
    ), gone AS (
        DELETE FROM policyd.hit h USING batch
         WHERE h.account = batch.account AND h.last_seen < p_before
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch HAVING count(*) = p_most)
$$;

-- These were reported, so many times each: take that off, and leave what was
-- counted meanwhile.
CREATE FUNCTION policyd.reported(p_accounts text[], p_causes smallint[],
    p_allowed integer[], p_per_s integer[], p_times bigint[],
    p_last_ms bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE policyd.hit h
       SET times = h.times - r.times,
           first_seen = greatest(h.first_seen, least(h.last_seen,
               to_timestamp(r.last_ms / 1000.0)))
      FROM unnest(p_accounts, p_causes, p_allowed, p_per_s, p_times,
                  p_last_ms)
           AS r (account, cause, allowed, per_s, times, last_ms)
     WHERE h.account = r.account AND h.cause = r.cause
       AND h.allowed = r.allowed AND h.per_s = r.per_s;
    DELETE FROM policyd.hit h
     USING unnest(p_accounts) AS r (account)
     WHERE h.account = r.account AND h.times <= 0;
END
$$;

CREATE FUNCTION policyd.milliseconds(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM at) * 1000)::bigint
$$;

-- --- views, also for those who prefer psql -----------------------------------
--
-- All of them are of the logins that are kept (store.retention). A country
-- that is not known is '' and no country.

-- Who reached which limit or rate since the last report, and how often.
CREATE VIEW policyd.hits AS
SELECT account, policyd.cause_name(cause) AS reached, allowed, per_s, times,
       first_seen, last_seen
  FROM policyd.hit;

-- One row an account: mails, networks, countries.
CREATE VIEW policyd.stats_accounts AS
SELECT account, sum(mails)::bigint AS mails, count(*) AS networks,
       count(DISTINCT country) FILTER (WHERE country <> '') AS countries,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY account;

-- One row an account and country.
CREATE VIEW policyd.stats_account_countries AS
SELECT account, country, count(*) AS networks, sum(mails)::bigint AS mails,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY account, country;

-- One row a country.
CREATE VIEW policyd.stats_countries AS
SELECT country, count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks, sum(mails)::bigint AS mails,
       max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY country;

-- One row a network: many accounts behind one are a company, or a botnet.
CREATE VIEW policyd.stats_networks AS
SELECT network, max(country) AS country,
       count(DISTINCT account) AS accounts, sum(mails)::bigint AS mails,
       max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY network;

-- One row a cause: blocks that hold, the last blocks that ended, and the
-- requests refused by them.
CREATE VIEW policyd.stats_blocks AS
SELECT policyd.cause_name(cause) AS cause,
       count(*) FILTER (WHERE ended_at IS NULL) AS holding,
       count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended,
       sum(attempts)::bigint AS refused, max(began_at) AS last_seen
  FROM policyd.block
 GROUP BY cause;

-- One row: all of it.
CREATE VIEW policyd.stats_totals AS
SELECT count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks,
       count(DISTINCT country) FILTER (WHERE country <> '') AS countries,
       coalesce(sum(mails), 0)::bigint AS mails,
       (SELECT count(*) FROM policyd.block WHERE ended_at IS NULL)
           AS blocked,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins;
INSERT INTO policyd.schema_version VALUES (4, '004-report', now());
-- 005-http.sql -- overrides as administrators change them, and who did what.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- position: in the list of custom settings (GET /custom-settings); NULL: not
-- in it. revision: grows with each change, so that nobody overwrites what he
-- has not seen.
ALTER TABLE policyd.override
    ADD COLUMN position bigint,
    ADD COLUMN revision bigint NOT NULL DEFAULT 1;
CREATE SEQUENCE policyd.override_position OWNED BY policyd.override.position;

-- Who changed what, when. It keeps itself: see policyd.note_change.
CREATE TABLE policyd.audit (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    text NOT NULL,         -- user or token; who ran the command
    origin   text NOT NULL,         -- address of the client, or how else
    action   text NOT NULL,         -- block, unblock, override.put, ...
    subject  text NOT NULL,         -- the account; '' if it is about more
    detail   jsonb NOT NULL DEFAULT '{}'
);

-- Write one change down, within the transaction that makes it; nothing if
-- nobody is known to make it. What is older than 400 days goes, a few rows at
-- a time, so that the table stays as long as its time.
CREATE FUNCTION policyd.note_change(p_actor text, p_origin text,
    p_action text, p_subject text, p_detail jsonb, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_actor IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO policyd.audit (at, actor, origin, action, subject, detail)
    VALUES (coalesce(p_now, clock_timestamp()), p_actor, p_origin, p_action,
            p_subject, coalesce(p_detail, '{}'));
    DELETE FROM policyd.audit a
     USING (SELECT id FROM policyd.audit ORDER BY id LIMIT 10) oldest
     WHERE a.id = oldest.id
       AND a.at < coalesce(p_now, clock_timestamp()) - interval '400 days';
END
$$;

-- Write an override, as an object of the columns of the table. Returns its
-- revision, or NULL if that before was not the one expected (-1: any, 0: it
-- must be new). p_listed: it belongs to the custom settings from now on, as
-- the last of them unless it is in its place already.
CREATE FUNCTION policyd.write_override(p_row jsonb, p_listed boolean,
    p_expected bigint, p_actor text, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n           policyd.override :=
                    jsonb_populate_record(NULL::policyd.override, p_row);
    v_now       timestamptz := coalesce(p_now, clock_timestamp());
    v_revision  bigint;
BEGIN
    INSERT INTO policyd.override AS o (account, countries, networks, home,
        home_countries, home_networks, only_countries, only_networks, rates,
        comment, author, changed_at, valid_until, position, revision)
    SELECT n.account, n.countries, n.networks, n.home, n.home_countries,
           n.home_networks, n.only_countries, n.only_networks, n.rates,
           coalesce(n.comment, ''), coalesce(p_actor, ''), v_now,
           n.valid_until,
           CASE WHEN p_listed THEN nextval('policyd.override_position') END,
           1
     WHERE p_expected <= 0
        OR EXISTS (SELECT FROM policyd.override x
                    WHERE x.account = n.account)
    ON CONFLICT (account) DO UPDATE SET
        countries = excluded.countries, networks = excluded.networks,
        home = excluded.home, home_countries = excluded.home_countries,
        home_networks = excluded.home_networks,
        only_countries = excluded.only_countries,
        only_networks = excluded.only_networks, rates = excluded.rates,
        comment = excluded.comment, author = excluded.author,
        changed_at = excluded.changed_at,
        valid_until = excluded.valid_until,
        position = coalesce(o.position, excluded.position),
        revision = o.revision + 1
     WHERE p_expected = -1 OR o.revision = p_expected
    RETURNING revision INTO v_revision;
    RETURN v_revision;
END
$$;

CREATE FUNCTION policyd.put_override(p_row jsonb, p_listed boolean,
    p_expected bigint, p_actor text, p_origin text, p_detail jsonb,
    p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_revision bigint := policyd.write_override(p_row, p_listed, p_expected,
                                                p_actor, p_now);
BEGIN
    IF v_revision IS NOT NULL THEN
        PERFORM policyd.note_change(p_actor, p_origin, 'override.put',
            p_row ->> 'account', p_detail, p_now);
    END IF;
    RETURN v_revision;
END
$$;

-- p_listed: only if it is one of the custom settings.
CREATE FUNCTION policyd.delete_override(p_account text, p_listed boolean,
    p_expected bigint, p_actor text, p_origin text, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM policyd.override
     WHERE account = p_account AND (position IS NOT NULL OR NOT p_listed)
       AND (p_expected = -1 OR revision = p_expected);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM policyd.note_change(p_actor, p_origin, 'override.delete',
                                p_account, NULL, p_now);
    RETURN true;
END
$$;

-- Make the custom settings these, in this order: all or nothing. What they
-- cannot say (rates, valid_until) an account that is named keeps.
CREATE FUNCTION policyd.replace_listed(p_rows jsonb, p_actor text,
    p_origin text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_row  jsonb;
    v_old  policyd.override;
BEGIN
    LOCK TABLE policyd.override IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM policyd.override
     WHERE position IS NOT NULL
       AND account NOT IN (SELECT x ->> 'account'
                             FROM jsonb_array_elements(p_rows) x);
    UPDATE policyd.override SET position = NULL WHERE position IS NOT NULL;
    FOR v_row IN SELECT x FROM jsonb_array_elements(p_rows)
                          WITH ORDINALITY AS e (x, i) ORDER BY i
    LOOP
        SELECT * INTO v_old FROM policyd.override
         WHERE account = v_row ->> 'account';
        IF FOUND THEN
            v_row := v_row || jsonb_build_object('rates', v_old.rates,
                                         'valid_until', v_old.valid_until);
        END IF;
        PERFORM policyd.write_override(v_row, true, -1, p_actor, p_now);
    END LOOP;
    PERFORM policyd.note_change(p_actor, p_origin, 'overrides.replace', '',
        jsonb_build_object('count', jsonb_array_length(p_rows)), p_now);
END
$$;
INSERT INTO policyd.schema_version VALUES (5, '005-http', now());
INSERT INTO policyd.account (account, evidence_since, blocked_until,
    last_network, last_country, last_seen, written_at, pending, countries,
    networks) VALUES
    ('joe@example.com', to_timestamp(1767225600), 'infinity', '192.0.2.1',
     'DE', to_timestamp(1767229200), to_timestamp(1767229200), 0, 2, 2),
    ('ann@example.com', '-infinity', NULL, '2001:db8::/64', 'AT',
     to_timestamp(1767229260), to_timestamp(1767229200), 3, 1, 1),
    ('Zoë@example.com', '-infinity', NULL, NULL, NULL, NULL, NULL, 0, 0, 0);
UPDATE policyd.account SET rated_at = to_timestamp(1767229200),
    rates = '{3600,5890764,2,0,0,0,0,0,0,0,0,0,0,0,1,'
            '86400,245448,3,0,0,0,0,0,0,0,0,0,0,0,0}',
    instances = '{5,-7}'
 WHERE account = 'ann@example.com';
INSERT INTO policyd.login VALUES
    ('joe@example.com', '192.0.2.1', 'DE', to_timestamp(1767225660),
     to_timestamp(1767229200), 7),
    ('joe@example.com', '198.51.100.0/24', 'FR', to_timestamp(1767225720),
     to_timestamp(1767225720), 1),
    ('ann@example.com', '2001:db8::/64', 'AT', to_timestamp(1767225600),
     to_timestamp(1767229200), 12);
INSERT INTO policyd.block VALUES
    ('joe@example.com', 2, 11, 10, 86400, 'as he said',
     to_timestamp(1767229200), 'infinity', NULL, 4, '192.0.2.1', 'DE');
INSERT INTO policyd.override (account, countries, networks, home,
    home_countries, home_networks, only_countries, only_networks, rates,
    comment, author, changed_at, valid_until, position, revision) VALUES
    ('@example.com', 5, -1, '{DE,AT}', NULL, 20, NULL, NULL,
     '{2,3600,10,86400}', 'a "firm"', 'admin', to_timestamp(1767225600), NULL,
     NULL, 3),
    ('joe@example.com', NULL, NULL, NULL, NULL, NULL, '{FR}',
     '{192.0.2.0/24,2001:db8::/32}', '{}', '', '', to_timestamp(1767225600),
     to_timestamp(4102444800), 1, 1),
    ('none@example.com', NULL, NULL, '{}', NULL, NULL, '{}', '{}', '{0,0}',
     '', '', to_timestamp(1767225600), NULL, 2, 1);
SELECT setval('policyd.override_position', 2);
INSERT INTO policyd.outbox (channel, kind, account, event, created_at,
    next_try, recipients) VALUES ('mail', 'block', 'joe@example.com',
    '{"event":"block","account":"joe@example.com","logins":[]}',
    to_timestamp(1767229200), to_timestamp(1767229200),
    'postmaster@example.com');
INSERT INTO policyd.hit VALUES
    ('joe@example.com', 2, 10, 86400, 5, to_timestamp(1767225600),
     to_timestamp(1767229200));
INSERT INTO policyd.turn VALUES
    ('report', 'host 1 2 3', to_timestamp(1767225600));
INSERT INTO policyd.audit (at, actor, origin, action, subject, detail) VALUES
    (to_timestamp(1767225600), 'admin', '192.0.2.9', 'block',
     'joe@example.com', '{}');
CREATE ROLE policyd_test_auditor;
GRANT SELECT ON policyd.logins TO policyd_test_auditor;
