-- mode.sql -- when hosts went from observe to enforce.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- See store/mode_change.h. A proxy has these functions, too.

-- A host without a row is what the host was that spoke last.
CREATE OR REPLACE FUNCTION policyd.mode_take(p_host text, p_mode text,
    p_carry bigint, p_now bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := policyd.moment(p_now);
BEGIN
    LOCK TABLE policyd.mode IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO policyd.mode AS m (host, mode, since, taken_at, first_at)
    SELECT p_host, p_mode,
           CASE WHEN p_mode = 'enforce' AND p_carry = 0 AND (
                    SELECT b.mode FROM policyd.mode b
                     ORDER BY b.host = p_host DESC, b.taken_at DESC
                     LIMIT 1) = 'observe'
                -- What comes within this millisecond counts.
                THEN v_now - interval '1 ms' ELSE '-infinity' END, v_now, v_now
    ON CONFLICT (host) DO UPDATE
       SET mode = excluded.mode, taken_at = excluded.taken_at,
           since = greatest(m.since, excluded.since);
END
$$;

-- No time lies ahead of the clock.
CREATE OR REPLACE FUNCTION policyd.mode_clamp(p_now bigint) RETURNS void
LANGUAGE sql AS $$
    UPDATE policyd.mode SET since = policyd.moment(p_now)
     WHERE since > policyd.moment(p_now)
$$;

CREATE OR REPLACE FUNCTION policyd.mode_since(p_now bigint)
RETURNS TABLE (since bigint, recorded bigint) LANGUAGE sql STABLE AS $$
    -- NULL: there is no row.
    SELECT coalesce(policyd.ms(CASE WHEN max(m.since) > policyd.moment(p_now)
               THEN policyd.moment(p_now) ELSE max(m.since) END), 0),
           coalesce(policyd.ms(min(m.first_at)), 0) FROM policyd.mode m
$$;
