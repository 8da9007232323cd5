-- cluster.sql -- the databases that a proxy spreads accounts over.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A proxy is a database without any accounts: policyd's functions are there,
-- and ask those of the same name in the databases that have them (shards), by
-- PL/Proxy (https://plproxy.github.io/). An account is in the shard that
-- hashtext(account) says. policyd --init-store --proxy makes all of this; see
-- policyd-scale(7).

CREATE EXTENSION IF NOT EXISTS plproxy;

-- number: 0, 1, ...; as many as a power of two. name: the database in
-- connection, which PL/Proxy says in errors. connection: how a round's calls go
-- there, by pgbouncer; slow: how others do, which may take long; NULL: the
-- same. hosts: how many slow names, and which of them is the primary (host: 1,
-- 2, ...). away_since: it did not answer, and is not asked by rounds until it
-- does; tried: asked last meanwhile.
CREATE TABLE IF NOT EXISTS policyd.shard (
    number      integer PRIMARY KEY CHECK (number >= 0),
    name        text NOT NULL UNIQUE,
    connection  text NOT NULL,
    slow        text,
    away_since  timestamptz,
    tried       timestamptz
);
ALTER TABLE policyd.shard ADD COLUMN IF NOT EXISTS
    hosts integer NOT NULL DEFAULT 1;
ALTER TABLE policyd.shard ADD COLUMN IF NOT EXISTS
    host integer NOT NULL DEFAULT 1;
-- Another number with each change of the list.
CREATE TABLE IF NOT EXISTS policyd.cluster_version (version integer NOT NULL);
INSERT INTO policyd.cluster_version
SELECT 1 WHERE NOT EXISTS (SELECT FROM policyd.cluster_version);

-- What a connection string (host=a,b port=5432) says of a key.
CREATE OR REPLACE FUNCTION policyd.said(p_connection text, p_key text
) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT string_to_array(
        substring(p_connection FROM '(?:^|\s)' || p_key || '=(\S+)'), ',')
$$;

CREATE OR REPLACE FUNCTION policyd.hosts_of(p_slow text
) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(cardinality(policyd.said(p_slow, 'host')), 1)
$$;

-- An older version did not count them.
UPDATE policyd.shard SET hosts = policyd.hosts_of(slow)
 WHERE hosts <> policyd.hosts_of(slow);

-- Name the shards anew, all of them and in order: connection strings of libpq
-- with a dbname each. p_slow may be left out. Where that has several hosts,
-- pgbouncer has a database for each: NAME, NAME_2, ...
CREATE OR REPLACE FUNCTION policyd.set_shards(p_connections text[],
    p_slow text[] DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_count integer := coalesce(array_length(p_connections, 1), 0);
BEGIN
    IF v_count = 0 OR v_count & (v_count - 1) <> 0 THEN
        RAISE 'as many shards as a power of two, not %', v_count;
    END IF;
    IF p_slow IS NOT NULL AND array_length(p_slow, 1) <> v_count THEN
        RAISE 'as many slow connections as others';
    END IF;
    DELETE FROM policyd.shard;
    INSERT INTO policyd.shard (number, name, connection, slow, hosts)
    SELECT i - 1, (policyd.said(c, 'dbname'))[1], c, p_slow[i],
           policyd.hosts_of(p_slow[i])
      FROM unnest(p_connections) WITH ORDINALITY AS u (c, i);
    UPDATE policyd.cluster_version SET version = version + 1;
END
$$;

-- pgbouncer's name for a host of a shard, and how it is reached.
CREATE OR REPLACE FUNCTION policyd.name_of_host(p_name text, p_host integer
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT p_name || CASE p_host WHEN 1 THEN '' ELSE '_' || p_host END
$$;

CREATE OR REPLACE FUNCTION policyd.to_host(s policyd.shard, p_host integer
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(s.connection, 'dbname=' || s.name,
                   'dbname=' || policyd.name_of_host(s.name, p_host))
$$;

-- What PL/Proxy asks.
CREATE SCHEMA IF NOT EXISTS plproxy;

CREATE OR REPLACE FUNCTION plproxy.get_cluster_version(cluster_name text
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT version FROM policyd.cluster_version
$$;

CREATE OR REPLACE FUNCTION plproxy.get_cluster_partitions(cluster_name text
) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN cluster_name = 'policyd' OR slow IS NULL
                THEN policyd.to_host(s, host) ELSE slow END
      FROM policyd.shard s ORDER BY number
$$;

-- A connection is made anew now and then, so that shards that were moved are
-- found.
CREATE OR REPLACE FUNCTION plproxy.get_cluster_config(IN cluster_name text,
    OUT key text, OUT val text
) RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT 'connection_lifetime', '600'
$$;

-- --- which shard ------------------------------------------------------------

CREATE OR REPLACE FUNCTION policyd.shard_count() RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer FROM policyd.shard
$$;

CREATE OR REPLACE FUNCTION policyd.shard_of(p_account text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT hashtext(p_account) & (policyd.shard_count() - 1)
$$;

-- What is laid over a domain is in all shards, over an account in its own.
CREATE OR REPLACE FUNCTION policyd.shards_of(p_account text
) RETURNS SETOF integer LANGUAGE sql STABLE AS $$
    SELECT number FROM policyd.shard
     WHERE p_account LIKE '@%' OR number = policyd.shard_of(p_account)
$$;

-- Those that are not away, and those that are of p_shards.
CREATE OR REPLACE FUNCTION policyd.shards_here() RETURNS integer[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(number ORDER BY number) FROM policyd.shard
     WHERE away_since IS NULL
$$;

-- --- all shards ---------------------------------------------------------------

CREATE SCHEMA IF NOT EXISTS policyd_shards;

-- Functions here that make one answer of those of all shards: each has one of
-- the same name and parameters in policyd_shards, which asks them.
CREATE OR REPLACE FUNCTION policyd.ask_all(VARIADIC p_names text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_name text;
    v_function oid;
BEGIN
    FOREACH v_name IN ARRAY p_names LOOP
        SELECT oid INTO STRICT v_function FROM pg_proc
         WHERE pronamespace = 'policyd'::regnamespace AND proname = v_name;
        EXECUTE format('CREATE OR REPLACE FUNCTION policyd_shards.%I(%s) '
            'RETURNS %s LANGUAGE plproxy AS %L', v_name,
            pg_get_function_arguments(v_function),
            regexp_replace(pg_get_function_result(v_function),
                           '^(?!SETOF|TABLE)', 'SETOF '),
            format('CLUSTER ''policyd_slow''; RUN ON ALL; TARGET policyd.%I;',
                   v_name));
    END LOOP;
END
$$;

-- --- shards that are away ---------------------------------------------------

-- Is that the primary of a shard, with our schema?
CREATE OR REPLACE FUNCTION policyd_shards.is_primary(p_connection text
) RETURNS boolean LANGUAGE plproxy AS $$
    CONNECT p_connection;
    SELECT NOT pg_catalog.pg_is_in_recovery() FROM policyd.version_here();
$$;

-- A call failed: is a shard away? PL/Proxy says which one, in brackets. Errors
-- of single requests (data, constraints) are none of it.
CREATE OR REPLACE FUNCTION policyd.is_away(p_state text, p_message text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_name text := substring(p_message FROM '\): \[([^]]*)\] ');
BEGIN
    IF v_name IS NULL OR left(p_state, 2) IN ('22', '23', '40') THEN
        RETURN false;
    END IF;
    UPDATE policyd.shard SET away_since = clock_timestamp()
     WHERE policyd.name_of_host(name, host) = v_name AND away_since IS NULL;
    IF FOUND THEN
        RAISE WARNING 'policyd: shard % is away: %', v_name, p_message;
    END IF;
    RETURN EXISTS (SELECT FROM policyd.shard
                    WHERE policyd.name_of_host(name, host) = v_name);
END
$$;

-- Ask those that were away whether they are back, on whichever of their hosts;
-- one asks, and not too often.
CREATE OR REPLACE FUNCTION policyd.probe_shards() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    s policyd.shard;
    v_host integer;
BEGIN
    FOR s IN
        SELECT * FROM policyd.shard
         WHERE away_since IS NOT NULL
           AND (tried < clock_timestamp() - interval '0.9 s') IS NOT FALSE
           FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE policyd.shard SET tried = clock_timestamp()
         WHERE number = s.number;
        FOR v_host IN SELECT h FROM generate_series(1, s.hosts) h
                       ORDER BY h <> s.host, h
        LOOP
            BEGIN
                CONTINUE WHEN NOT policyd_shards.is_primary(
                    policyd.to_host(s, v_host));
            EXCEPTION WHEN OTHERS THEN
                CONTINUE;   -- another time
            END;
            UPDATE policyd.shard SET away_since = NULL, host = v_host
             WHERE number = s.number;
            UPDATE policyd.cluster_version SET version = version + 1
             WHERE v_host <> s.host;
            RAISE WARNING 'policyd: shard % is back',
                policyd.name_of_host(s.name, v_host);
            EXIT;
        END LOOP;
    END LOOP;
END
$$;
