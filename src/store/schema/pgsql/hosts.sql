-- hosts.sql -- the hosts that use the store, and how they are.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- What a host tells of itself.
CREATE OR REPLACE FUNCTION policyd.host_seen(p_host text, p_now bigint,
    p_version text, p_state jsonb
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO policyd.host AS h (host, seen, version, state)
    VALUES (p_host, policyd.moment(p_now), p_version, p_state)
    ON CONFLICT (host) DO UPDATE SET seen = excluded.seen,
           version = excluded.version, state = excluded.state
$$;

CREATE OR REPLACE FUNCTION policyd.hosts_forget(p_now bigint) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM policyd.host
     WHERE seen < policyd.moment(p_now) - interval '30 days'
$$;

CREATE OR REPLACE FUNCTION policyd.hosts_all(p_most bigint) RETURNS TABLE (
    host text, seen bigint, version text, state jsonb
) LANGUAGE sql STABLE AS $$
    SELECT host, policyd.ms(seen), version, state FROM policyd.host
     ORDER BY host LIMIT p_most
$$;
