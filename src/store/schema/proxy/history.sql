-- history.sql -- what was decided in the course of time, and by which hosts.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/history.sql.

CREATE OR REPLACE FUNCTION policyd.decisions_add(p_host text, p_now bigint,
    p_rows jsonb
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON hashtext(p_host);
$$;

CREATE OR REPLACE FUNCTION policyd.decisions_forget(p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.decisions_forget(p_now);
END
$$;

CREATE OR REPLACE FUNCTION policyd.decisions_of(p_span integer,
    p_step_s bigint, p_now bigint, p_most_s bigint
) RETURNS TABLE (
    at bigint, passed numeric, exempt numeric, blocked numeric,
    over_limit numeric, over_rate numeric, deferred numeric,
    errors numeric, us numeric,
    took_250us numeric, took_500us numeric, took_1ms numeric,
    took_2500us numeric, took_5ms numeric, took_10ms numeric,
    took_25ms numeric, took_100ms numeric, took_500ms numeric,
    took_1s numeric, took_2500ms numeric, took_longer numeric
) LANGUAGE sql AS $$
    SELECT at, sum(passed), sum(exempt), sum(blocked), sum(over_limit),
           sum(over_rate), sum(deferred), sum(errors), sum(us), sum(took_250us),
           sum(took_500us), sum(took_1ms), sum(took_2500us), sum(took_5ms),
           sum(took_10ms), sum(took_25ms), sum(took_100ms), sum(took_500ms),
           sum(took_1s), sum(took_2500ms), sum(took_longer)
      FROM policyd_shards.decisions_of(p_span, p_step_s,
               coalesce(p_now, policyd.ms(clock_timestamp())), p_most_s)
     GROUP BY at ORDER BY at
$$;

CREATE OR REPLACE FUNCTION policyd.host_seen(p_host text, p_now bigint,
    p_version text, p_state jsonb
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON hashtext(p_host);
$$;

CREATE OR REPLACE FUNCTION policyd.hosts_forget(p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.hosts_forget(p_now);
END
$$;

CREATE OR REPLACE FUNCTION policyd.hosts_all(p_most bigint
) RETURNS TABLE (
    host text, seen bigint, version text, state jsonb
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.hosts_all(p_most) h
     ORDER BY h.host COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.history_since(p_now bigint
) RETURNS TABLE (
    since bigint, now bigint
) LANGUAGE sql AS $$
    SELECT min(nullif(h.since, 0)),
           coalesce(p_now, policyd.ms(clock_timestamp()))
      FROM policyd_shards.history_since(p_now) h
$$;

CREATE OR REPLACE FUNCTION policyd.history_learned(p_since bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.history_learned(p_since);
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('decisions_forget', 'decisions_of', 'hosts_forget',
    'hosts_all', 'history_since', 'history_learned');
