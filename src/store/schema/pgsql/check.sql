-- check.sql -- record, count and judge one request.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Rates. The state of a rule {mails, per} is a ring of 15 numbers: per in
-- seconds, the number of its newest sub-bucket, and 13 sums, newest first: the
-- running sub-bucket and the 12 before it, each a twelfth of `per` long. They
-- cover any window of `per` whole, so never more than `mails` get through in
-- one, and a mail is forgotten at most one sub-bucket late. The rings of all
-- rules stand one behind the other; a rule finds its ring by `per`.
--
-- rate_ring: the ring of a rule, turned to the present.
CREATE OR REPLACE FUNCTION policyd.rate_ring(state bigint[], per_s integer,
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

CREATE OR REPLACE FUNCTION policyd.rate_sum(ring bigint[]) RETURNS bigint
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
CREATE OR REPLACE FUNCTION policyd.rate_ask(
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
CREATE OR REPLACE FUNCTION policyd.event(
    p_kind text, p_account text, p_at timestamptz,
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
CREATE OR REPLACE FUNCTION policyd.begin_block(p_account text, p_cause integer,
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
CREATE OR REPLACE FUNCTION policyd.end_block(p_account text, p_at timestamptz,
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
CREATE OR REPLACE FUNCTION policyd.check(
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
    v_set      jsonb;
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
            v_set := o.settings;
            p_countries := CASE WHEN v_set ->> 'countries' = 'unlimited'
                THEN NULL ELSE coalesce((v_set ->> 'countries')::integer,
                                        p_countries) END;
            p_networks := CASE WHEN v_set ->> 'networks' = 'unlimited'
                THEN NULL ELSE coalesce((v_set ->> 'networks')::integer,
                                        p_networks) END;
            p_home_countries := CASE
                WHEN v_set #>> '{home,max_countries}' = 'unlimited' THEN NULL
                ELSE coalesce((v_set #>> '{home,max_countries}')::integer,
                              p_home_countries) END;
            p_home_networks := CASE
                WHEN v_set #>> '{home,max_networks}' = 'unlimited' THEN NULL
                ELSE coalesce((v_set #>> '{home,max_networks}')::integer,
                              p_home_networks) END;
            IF v_set #> '{home,countries}' IS NOT NULL THEN
                p_home := ARRAY(SELECT jsonb_array_elements_text(
                    v_set #> '{home,countries}'));
            END IF;
            -- An empty list lifts the one of the configuration.
            IF v_set ? 'only_countries' THEN
                p_only_countries := nullif(ARRAY(SELECT
                    jsonb_array_elements_text(v_set -> 'only_countries')),
                    '{}');
            END IF;
            IF v_set ? 'only_networks' THEN
                p_only_networks := nullif(ARRAY(SELECT
                    jsonb_array_elements_text(v_set -> 'only_networks')::cidr),
                    '{}');
            END IF;
            IF v_set ? 'rates' THEN
                p_rates := ARRAY(SELECT n FROM jsonb_array_elements(
                    v_set -> 'rates') WITH ORDINALITY AS r (rule, i),
                    unnest(ARRAY[(rule ->> 'mails')::integer,
                                 (rule ->> 'per')::integer])
                    WITH ORDINALITY AS u (n, k) ORDER BY i, k);
            END IF;
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
