-- pgbouncer.sql -- the configuration of the pgbouncer between proxy and shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What policyd --init-store --proxy --pgbouncer prints, a line each: made of
-- what policyd.set_shards was told.

-- How many connections each shard has for all who are no superuser.
CREATE OR REPLACE FUNCTION policyd_shards.room() RETURNS SETOF integer
LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON ALL;
    SELECT pg_catalog.current_setting('max_connections')::integer -
           pg_catalog.current_setting('superuser_reserved_connections')::integer;
$$;

-- The databases of pgbouncer: each host of each shard is one. It has no idea
-- which of them is the primary, policyd.probe_shards has.
CREATE OR REPLACE FUNCTION policyd.pgbouncer_databases() RETURNS SETOF text
LANGUAGE sql STABLE AS $$
    SELECT format('%s = host=%s%s dbname=%s user=%s',
               policyd.name_of_host(s.name, i::integer), h.host,
               ' port=' || coalesce((policyd.said(slow, 'port'))[i],
                                    (policyd.said(slow, 'port'))[1]),
               (policyd.said(slow, 'dbname'))[1],
               coalesce((policyd.said(slow, 'user'))[1],
                   (SELECT rolname FROM pg_database d
                      JOIN pg_roles r ON r.oid = datdba
                     WHERE datname = current_database())))
      FROM policyd.shard s,
           unnest(policyd.said(slow, 'host')) WITH ORDINALITY AS h (host, i)
     ORDER BY number, i
$$;

-- p_proxies: so many have the same shards, or so many mail servers if these are
-- more. Of a shard's connections each has 4 past its pgbouncer.
CREATE OR REPLACE FUNCTION policyd.pgbouncer_ini(p_proxies bigint
) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_first text := (SELECT connection FROM policyd.shard WHERE number = 0);
    v_room integer;
    v_pool bigint;
BEGIN
    IF v_first IS NULL THEN
        RAISE 'the proxy has no shards yet: see policyd.set_shards in '
              'policyd-scale(7)';
    ELSIF EXISTS (SELECT FROM policyd.shard
                   WHERE policyd.said(slow, 'host') IS NULL
                      OR policyd.said(slow, 'dbname') IS NULL) THEN
        RAISE 'policyd.set_shards was not told how the shards are reached '
              'directly: host=... dbname=...';
    ELSIF (policyd.said(v_first, 'host'))[1] NOT LIKE '/%' THEN
        RAISE 'a proxy reaches its pgbouncer by a Unix socket: '
              'host=/run/pgbouncer port=6432 dbname=shard0';
    END IF;
    SELECT min(r) INTO v_room FROM policyd_shards.room() r;
    v_pool := least(20, v_room / p_proxies - 4);
    IF v_pool < 1 THEN
        RAISE 'a shard has room for % connections, and % proxies want 5 each: '
              'raise its max_connections, or have fewer proxies',
            v_room, p_proxies;
    END IF;
    RETURN QUERY VALUES
        (';; The pgbouncer of a proxy of policyd, see policyd-scale(7); made by'),
        (format(';; policyd --init-store --proxy --pgbouncer %s', p_proxies)),
        ('[databases]');
    RETURN QUERY SELECT * FROM policyd.pgbouncer_databases();
    RETURN QUERY VALUES
        ('[pgbouncer]'),
        (';; It runs as the user of the proxy''s PostgreSQL, which alone gets in,'),
        (';; as the users above. Passwords of these: ~/.pgpass is not read; name'),
        (';; a file with lines "user" "password", mode 0600:'),
        (';auth_file = /etc/pgbouncer/userlist.txt'),
        ('auth_type = any'),
        ('unix_socket_dir = ' || (policyd.said(v_first, 'host'))[1]),
        ('unix_socket_mode = 0700'),
        ('listen_port = ' ||
            coalesce((policyd.said(v_first, 'port'))[1], '6432')),
        ('pool_mode = transaction'),
        (format(';; %s connections of a shard / %s proxies - 4 that go past it,',
                v_room, p_proxies)),
        (';; and 20 are enough for any'),
        ('default_pool_size = ' || v_pool),
        (';; each backend of the proxy has one for each of the databases'),
        ('max_client_conn = ' || current_setting('max_connections')::integer *
            (SELECT sum(hosts) FROM policyd.shard)),
        (';; a shard that hangs ends a call in time, and the next ones at once'),
        ('query_timeout = 0.5'),
        ('query_wait_timeout = 1'),
        ('server_connect_timeout = 1'),
        ('server_login_retry = 1');
END
$$;
