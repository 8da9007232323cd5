-- observe.sql -- who would be blocked, and attempts, in all shards; the mode.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/observe.sql. The modes of hosts are kept here, so
-- that no shard that is away keeps a server from deciding: with several
-- proxies each has those of its own hosts.

CREATE TABLE IF NOT EXISTS policyd.mode (
    host      text PRIMARY KEY,
    mode      text NOT NULL,
    since     timestamptz NOT NULL DEFAULT '-infinity',
    taken_at  timestamptz NOT NULL,
    first_at  timestamptz NOT NULL
);

CREATE OR REPLACE FUNCTION policyd_shards.would_put(p_account text,
    p_rows jsonb, p_now bigint
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
    SELECT policyd.would_put(p_rows, p_now);
$$;

CREATE OR REPLACE FUNCTION policyd.would_put(p_rows jsonb, p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.would_put(p.account, p.rows, p_now)
       FROM (SELECT min(r ->> 0) AS account, jsonb_agg(r) AS rows
               FROM jsonb_array_elements(p_rows) r
              GROUP BY policyd.shard_of(r ->> 0)) p;
END
$$;

CREATE OR REPLACE FUNCTION policyd.would_forget(p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.would_forget(p_now);
END
$$;

CREATE OR REPLACE FUNCTION policyd.would_clear(p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.would_clear(p_now);
EXCEPTION WHEN OTHERS THEN
    NULL; -- A shard is away: what is there goes when its time is over.
END
$$;

CREATE OR REPLACE FUNCTION policyd.would_held(p_after text, p_now bigint,
    p_most bigint
) RETURNS TABLE (
    account text, cause smallint, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.would_held(p_after, p_now, p_most) w
     ORDER BY w.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.would_count(p_now bigint) RETURNS bigint
LANGUAGE sql AS $$
    SELECT sum(n)::bigint FROM policyd_shards.would_count(p_now) n
$$;

CREATE OR REPLACE FUNCTION policyd_shards.attempts_put(p_account text,
    p_rows jsonb, p_now bigint
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
    SELECT policyd.attempts_put(p_rows, p_now);
$$;

CREATE OR REPLACE FUNCTION policyd.attempts_put(p_rows jsonb, p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.attempts_put(p.account, p.rows, p_now)
       FROM (SELECT min(r ->> 0) AS account, jsonb_agg(r) AS rows
               FROM jsonb_array_elements(p_rows) r
              GROUP BY policyd.shard_of(r ->> 0)) p;
END
$$;

-- A shard has none of the other accounts.
CREATE OR REPLACE FUNCTION policyd.attempts_trim(p_rows jsonb, p_most bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.attempts_trim(p_rows, p_most);
END
$$;

CREATE OR REPLACE FUNCTION policyd.attempts_forget(p_now bigint,
    p_seconds bigint, p_most bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.attempts_forget(p_now, p_seconds, p_most);
END
$$;

CREATE OR REPLACE FUNCTION policyd.attempts_of(p_account text, p_most bigint
) RETURNS TABLE (
    network cidr, country text, first_seen bigint, last_seen bigint,
    mails bigint, asn bigint
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.past_attempts(p_after text, p_upto text
) RETURNS TABLE (
    account text, network cidr, country text, first_seen bigint,
    last_seen bigint, mails bigint, evidence_since bigint, asn bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.past_attempts(p_after, p_upto) a
     ORDER BY a.account COLLATE "C", a.network
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('would_forget', 'would_clear', 'would_held',
    'would_count', 'attempts_trim', 'attempts_forget', 'past_attempts');
