-- decisions.sql -- what was decided in the course of time, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/decisions.sql.

CREATE OR REPLACE FUNCTION policyd.decisions_add(p_host text, p_now bigint,
    p_rows jsonb
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_host)); RUN ON hashtext(p_host);
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

-- What is asked of all shards.
SELECT policyd.ask_all('decisions_forget', 'decisions_of');
