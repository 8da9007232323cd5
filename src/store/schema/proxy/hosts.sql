-- hosts.sql -- the hosts that use any shard.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/hosts.sql.

CREATE OR REPLACE FUNCTION policyd.host_seen(p_host text, p_now bigint,
    p_version text, p_state jsonb
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_host)); RUN ON hashtext(p_host);
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

-- What is asked of all shards.
SELECT policyd.ask_all('hosts_forget', 'hosts_all');
