-- report_hits.sql -- who reached which limit, for the report.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Who reached which limit or rate since the last report, the most often first.
CREATE OR REPLACE FUNCTION policyd.hits(p_most bigint) RETURNS TABLE (
    account text, cause integer, allowed integer, per_s integer,
    times bigint, first bigint, last bigint
) LANGUAGE sql STABLE AS $$
    SELECT account, cause, allowed, per_s, times, policyd.ms(first_seen),
           policyd.ms(last_seen)
      FROM policyd.hit
     ORDER BY times DESC, account, cause, allowed, per_s LIMIT p_most
$$;

-- These were reported: [[account, cause, allowed, per_s, times, last], ...]
CREATE OR REPLACE FUNCTION policyd.hits_reported(p_rows jsonb
) RETURNS void LANGUAGE sql AS $$
    UPDATE policyd.hit h
       SET times = h.times - (r ->> 4)::bigint,
           first_seen = greatest(h.first_seen, least(h.last_seen,
               policyd.at_ms((r ->> 5)::bigint)))
      FROM jsonb_array_elements(p_rows) r
     WHERE h.account = r ->> 0 AND h.cause = (r ->> 1)::integer
       AND h.allowed = (r ->> 2)::integer AND h.per_s = (r ->> 3)::integer
$$;

CREATE OR REPLACE FUNCTION policyd.hits_forget() RETURNS void
LANGUAGE sql AS $$
    DELETE FROM policyd.hit WHERE times <= 0
$$;
