-- turns.sql -- whose turn it is, and what is done in it: the report.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- A row if the turn is free or ours. A time further off than ours was written
-- before the clock was set back.
CREATE OR REPLACE FUNCTION policyd.turn_take(p_name text, p_owner text,
    p_now bigint, p_lease_s integer
) RETURNS TABLE (is_ours integer) LANGUAGE sql AS $$
    INSERT INTO policyd.turn AS t
    VALUES (p_name, p_owner,
            policyd.moment(p_now) + make_interval(secs => p_lease_s))
    ON CONFLICT (name) DO UPDATE
       SET owner = excluded.owner, until = excluded.until
     WHERE t.owner = excluded.owner OR t.until <= policyd.moment(p_now)
        OR t.until > excluded.until
    RETURNING 1
$$;

CREATE OR REPLACE FUNCTION policyd.turn_leave(p_name text, p_owner text
) RETURNS void LANGUAGE sql AS $$
    DELETE FROM policyd.turn WHERE name = p_name AND owner = p_owner
$$;

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
