-- report.sql -- turns, and what was reported.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Take a turn, or renew it; false: somebody else has it.
CREATE OR REPLACE FUNCTION policyd.take_turn(
    p_name text, p_owner text, p_lease_s integer,
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

-- These were reported, so many times each: take that off, and leave what was
-- counted meanwhile.
CREATE OR REPLACE FUNCTION policyd.reported(
    p_accounts text[], p_causes smallint[],
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
