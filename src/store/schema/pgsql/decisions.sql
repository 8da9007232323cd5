-- decisions.sql -- what was decided in the course of time.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Add [[seconds ago, passed, ..., as the columns go on], ...] of a host.
CREATE OR REPLACE FUNCTION policyd.decisions_add(p_host text, p_now bigint,
    p_rows jsonb
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO policyd.decisions AS d (span, began, host, passed, exempt,
           blocked, over_limit, over_rate, deferred, errors, us, took_250us,
           took_500us, took_1ms, took_2500us, took_5ms, took_10ms, took_25ms,
           took_100ms, took_500ms, took_1s, took_2500ms, took_longer)
    SELECT span, to_timestamp(floor((policyd.ms(policyd.moment(p_now)) / 1000.0
               - (r ->> 0)::bigint) / span) * span), p_host,
           sum((r ->> 1)::bigint), sum((r ->> 2)::bigint),
           sum((r ->> 3)::bigint), sum((r ->> 4)::bigint),
           sum((r ->> 5)::bigint), sum((r ->> 6)::bigint),
           sum((r ->> 7)::bigint), sum((r ->> 8)::bigint),
           sum((r ->> 9)::bigint), sum((r ->> 10)::bigint),
           sum((r ->> 11)::bigint), sum((r ->> 12)::bigint),
           sum((r ->> 13)::bigint), sum((r ->> 14)::bigint),
           sum((r ->> 15)::bigint), sum((r ->> 16)::bigint),
           sum((r ->> 17)::bigint), sum((r ->> 18)::bigint),
           sum((r ->> 19)::bigint), sum((r ->> 20)::bigint)
      FROM jsonb_array_elements(p_rows) r,
           unnest(ARRAY[60, 3600, 86400]) AS s (span)
     GROUP BY 1, 2
    ON CONFLICT (span, began, host) DO UPDATE SET
           passed = d.passed + excluded.passed,
           exempt = d.exempt + excluded.exempt,
           blocked = d.blocked + excluded.blocked,
           over_limit = d.over_limit + excluded.over_limit,
           over_rate = d.over_rate + excluded.over_rate,
           deferred = d.deferred + excluded.deferred,
           errors = d.errors + excluded.errors, us = d.us + excluded.us,
           took_250us = d.took_250us + excluded.took_250us,
           took_500us = d.took_500us + excluded.took_500us,
           took_1ms = d.took_1ms + excluded.took_1ms,
           took_2500us = d.took_2500us + excluded.took_2500us,
           took_5ms = d.took_5ms + excluded.took_5ms,
           took_10ms = d.took_10ms + excluded.took_10ms,
           took_25ms = d.took_25ms + excluded.took_25ms,
           took_100ms = d.took_100ms + excluded.took_100ms,
           took_500ms = d.took_500ms + excluded.took_500ms,
           took_1s = d.took_1s + excluded.took_1s,
           took_2500ms = d.took_2500ms + excluded.took_2500ms,
           took_longer = d.took_longer + excluded.took_longer
$$;

-- Buckets that are too old go, and those of a clock that was set back.
CREATE OR REPLACE FUNCTION policyd.decisions_forget(p_now bigint
) RETURNS void LANGUAGE sql AS $$
    -- By ranges of the key: this is done often, and mostly nothing is found.
    DELETE FROM policyd.decisions
     WHERE (span = 60
            AND began < policyd.moment(p_now) - interval '25 hours')
        OR (span = 3600
            AND began < policyd.moment(p_now) - interval '31 days')
        OR (span = 86400
            AND began < policyd.moment(p_now) - interval '400 days')
        OR (span = 60 AND began > policyd.moment(p_now) + interval '1 day')
        OR (span = 3600 AND began > policyd.moment(p_now) + interval '1 day')
        OR (span = 86400 AND began > policyd.moment(p_now) + interval '1 day')
$$;

-- All hosts, from buckets of p_span seconds: a row for each p_step_s of the
-- p_most_s before p_now.
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
) LANGUAGE sql STABLE AS $$
    SELECT policyd.ms(began) / (p_step_s * 1000) * p_step_s * 1000,
           sum(passed), sum(exempt), sum(blocked), sum(over_limit),
           sum(over_rate), sum(deferred), sum(errors), sum(us), sum(took_250us),
           sum(took_500us), sum(took_1ms), sum(took_2500us), sum(took_5ms),
           sum(took_10ms), sum(took_25ms), sum(took_100ms), sum(took_500ms),
           sum(took_1s), sum(took_2500ms), sum(took_longer)
      FROM policyd.decisions
     WHERE span = p_span AND began <= policyd.moment(p_now)
       AND began > policyd.moment(p_now) - make_interval(secs => p_most_s)
     GROUP BY 1 ORDER BY 1
$$;
