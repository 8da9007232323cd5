-- turns.sql -- whose turn it is, in the shard of its name.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/turns.sql.

CREATE OR REPLACE FUNCTION policyd.turn_take(p_name text, p_owner text,
    p_now bigint, p_lease_s integer
) RETURNS TABLE (is_ours integer) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_name)); RUN ON hashtext(p_name);
$$;

CREATE OR REPLACE FUNCTION policyd.turn_leave(p_name text, p_owner text
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_name)); RUN ON hashtext(p_name);
$$;
