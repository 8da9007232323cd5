-- turns.sql -- whose turn it is to do what is done once.
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
