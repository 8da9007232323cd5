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
-- does; tried: asked last meanwhile; is_older: because it lacks a function that
-- this proxy asks for.
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
ALTER TABLE policyd.shard ADD COLUMN IF NOT EXISTS
    is_older boolean NOT NULL DEFAULT false;
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

-- Is that a connection string that PL/Proxy, pgbouncer and these functions read
-- alike? Neither quotes nor backslashes, each key once, and a plain dbname. What
-- is said is not in the error: it may have a password.
CREATE OR REPLACE FUNCTION policyd.check_connection(p_which text,
    p_connection text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_keys text[] := ARRAY(
        SELECT m[1] FROM regexp_matches(p_connection, '(?:^| )([a-z_]+)=',
                                        'g') m);
BEGIN
    IF coalesce(p_connection, '') = '' THEN
        RAISE '% is empty', p_which;
    END IF;
    IF p_connection !~ '^ *[a-z_]+=[^[:space:][:cntrl:]''"\\]+( +[a-z_]+='
                       '[^[:space:][:cntrl:]''"\\]+)* *$' THEN
        RAISE '% is not key=value with a blank between two of them, and '
            'without quotes, backslashes and other blanks', p_which;
    END IF;
    IF cardinality(v_keys) <> (SELECT count(DISTINCT k) FROM unnest(v_keys) k)
    THEN
        RAISE '% has a key twice', p_which;
    END IF;
    IF (policyd.said(p_connection, 'dbname') <@ ARRAY[
            substring(p_connection FROM '(?:^| )dbname=([A-Za-z0-9_.-]+)(?: |$)')
        ]) IS NOT TRUE THEN
        RAISE '% has no dbname of letters, digits, dots, _ and -', p_which;
    END IF;
END
$$;

-- Name the shards anew, all of them and in order: connection strings of libpq
-- with a dbname each. p_slow may be left out. Where that has several hosts,
-- pgbouncer has a database for each: NAME, NAME_2, ...
CREATE OR REPLACE FUNCTION policyd.set_shards(p_connections text[],
    p_slow text[] DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_count integer := coalesce(cardinality(p_connections), 0);
    v_twice text;
BEGIN
    IF v_count = 0 OR v_count & (v_count - 1) <> 0 THEN
        RAISE 'as many shards as a power of two, not %', v_count;
    END IF;
    IF array_ndims(p_connections) <> 1 OR array_ndims(p_slow) <> 1 THEN
        RAISE 'a list of connection strings, not one of lists';
    END IF;
    IF cardinality(p_slow) <> v_count THEN
        RAISE 'as many slow connections as others: % and %',
            cardinality(p_slow), v_count;
    END IF;
    PERFORM policyd.check_connection('connection ' || i, c)
       FROM unnest(p_connections) WITH ORDINALITY AS u (c, i);
    PERFORM policyd.check_connection('slow connection ' || i, c)
       FROM unnest(p_slow) WITH ORDINALITY AS u (c, i) WHERE c IS NOT NULL;
    SELECT policyd.name_of_host((policyd.said(c, 'dbname'))[1], h)
      INTO v_twice
      FROM unnest(p_connections) WITH ORDINALITY AS u (c, i),
           generate_series(1, policyd.hosts_of(p_slow[i])) h
     GROUP BY 1 HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE 'two of the connections have the dbname %, or one has the name '
            'that pgbouncer gives to the host of another', v_twice;
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
            format('CLUSTER policyd.slow(); RUN ON ALL; TARGET policyd.%I;',
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

-- The functions that a shard must have for us, as text of their types.
CREATE OR REPLACE FUNCTION policyd.asked_of_shards() RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(DISTINCT format('policyd.%I(%s)', coalesce(
               substring(p.prosrc FROM 'TARGET\s+policyd\.(\w+)'), p.proname),
               oidvectortypes(p.proargtypes)))
      FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
     WHERE l.lanname = 'plproxy' AND p.prosrc !~ '\mSELECT\M'
       AND p.pronamespace IN ('policyd'::regnamespace,
                              'policyd_shards'::regnamespace)
$$;

CREATE OR REPLACE FUNCTION policyd_shards.lacks(p_connection text,
    p_functions text[]
) RETURNS SETOF text LANGUAGE plproxy AS $$
    CONNECT p_connection;
    SELECT f FROM unnest(p_functions) f WHERE to_regprocedure(f) IS NULL;
$$;

-- Shards with an older schema than this proxy; of those that are away for
-- another reason nobody knows.
CREATE OR REPLACE FUNCTION policyd.older_shards() RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
    s policyd.shard;
BEGIN
    FOR s IN SELECT * FROM policyd.shard
              WHERE away_since IS NULL OR is_older ORDER BY number
    LOOP
        BEGIN
            IF EXISTS (SELECT FROM policyd_shards.lacks(
                           policyd.to_host(s, s.host),
                           policyd.asked_of_shards())) THEN
                RETURN NEXT policyd.name_of_host(s.name, s.host);
            END IF;
        EXCEPTION WHEN OTHERS THEN
            CONTINUE;
        END;
    END LOOP;
END
$$;

-- A call failed: is a shard away? PL/Proxy says which one, in brackets. Errors
-- of single requests (data, constraints) are none of it. One without a function
-- of ours is left out like one that is away, but for another reason.
CREATE OR REPLACE FUNCTION policyd.is_away(p_state text, p_message text
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_name text := substring(p_message FROM '\): \[([^]]*)\] ');
    v_is_older boolean := p_state IN ('42883', '42P01', '42703', '3F000');
BEGIN
    IF v_name IS NULL OR left(p_state, 2) IN ('22', '23', '40') THEN
        RETURN false;
    END IF;
    UPDATE policyd.shard
       SET away_since = clock_timestamp(), is_older = v_is_older
     WHERE policyd.name_of_host(name, host) = v_name AND away_since IS NULL;
    IF FOUND AND v_is_older THEN
        RAISE WARNING 'policyd: shard % has an older schema than this proxy: '
            'upgrade the shards first, by policyd --init-store: %', v_name,
            p_message;
    ELSIF FOUND THEN
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
                    policyd.to_host(s, v_host))
                    OR EXISTS (SELECT FROM policyd_shards.lacks(
                        policyd.to_host(s, v_host),
                        policyd.asked_of_shards()));
            EXCEPTION WHEN OTHERS THEN
                CONTINUE;   -- another time
            END;
            UPDATE policyd.shard
               SET away_since = NULL, is_older = false, host = v_host
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

-- The cluster for what is no round: of the shard with that number in its last
-- bits, or of all. Nobody waits for one that is known to be away: the error is
-- of this call alone.
CREATE OR REPLACE FUNCTION policyd.slow(p_hash integer DEFAULT NULL
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_mask integer := policyd.shard_count() - 1;
    v_name text;
BEGIN
    FOR i IN 1 .. 2 LOOP
        SELECT policyd.name_of_host(name, host) INTO v_name FROM policyd.shard
         WHERE away_since IS NOT NULL AND NOT is_older
           AND coalesce(number = p_hash & v_mask, true)
         ORDER BY number LIMIT 1;
        IF NOT FOUND THEN
            RETURN 'policyd_slow';
        END IF;
        PERFORM policyd.probe_shards();
    END LOOP;
    RAISE EXCEPTION 'shard % is away', v_name
        USING ERRCODE = 'transaction_rollback';
END
$$;
