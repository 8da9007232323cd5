-- turns.sql -- whose turn it is; and what was reached, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/turns.sql.

CREATE OR REPLACE FUNCTION policyd.turn_take(p_name text, p_owner text,
    p_now bigint, p_lease_s integer
) RETURNS TABLE (is_ours integer) LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON hashtext(p_name);
$$;

CREATE OR REPLACE FUNCTION policyd.turn_leave(p_name text, p_owner text
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON hashtext(p_name);
$$;

CREATE OR REPLACE FUNCTION policyd.hits(p_most bigint
) RETURNS TABLE (
    account text, cause integer, allowed integer, per_s integer,
    times bigint, first bigint, last bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.hits(p_most) h
     ORDER BY h.times DESC, h.account COLLATE "C", h.cause, h.allowed, h.per_s
     LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.hits_reported(p_rows jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.hits_reported(p_rows);
END
$$;

CREATE OR REPLACE FUNCTION policyd.hits_forget() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.hits_forget();
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('hits', 'hits_reported', 'hits_forget');
