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
-- same. away_since: it did not answer, and is not asked by rounds until it
-- does; tried: asked last meanwhile.
CREATE TABLE IF NOT EXISTS policyd.shard (
    number      integer PRIMARY KEY CHECK (number >= 0),
    name        text NOT NULL UNIQUE,
    connection  text NOT NULL,
    slow        text,
    away_since  timestamptz,
    tried       timestamptz
);
-- Another number with each change of the list.
CREATE TABLE IF NOT EXISTS policyd.cluster_version (version integer NOT NULL);
INSERT INTO policyd.cluster_version
SELECT 1 WHERE NOT EXISTS (SELECT FROM policyd.cluster_version);

-- Name the shards anew, all of them and in order: connection strings of libpq
-- with a dbname each. p_slow may be left out.
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
    INSERT INTO policyd.shard (number, name, connection, slow)
    SELECT i - 1, substring(c FROM 'dbname=(\S+)'), c, p_slow[i]
      FROM unnest(p_connections) WITH ORDINALITY AS u (c, i);
    UPDATE policyd.cluster_version SET version = version + 1;
END
$$;

-- What PL/Proxy asks.
CREATE SCHEMA IF NOT EXISTS plproxy;

CREATE OR REPLACE FUNCTION plproxy.get_cluster_version(cluster_name text
) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT version FROM policyd.cluster_version
$$;

CREATE OR REPLACE FUNCTION plproxy.get_cluster_partitions(cluster_name text
) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN cluster_name = 'policyd' THEN connection
                ELSE coalesce(slow, connection) END
      FROM policyd.shard ORDER BY number
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

-- --- shards that are away ---------------------------------------------------

CREATE SCHEMA IF NOT EXISTS policyd_shards;

CREATE OR REPLACE FUNCTION policyd_shards.version_of(p_shard integer
) RETURNS SETOF integer LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON p_shard;
    SELECT * FROM policyd.version_here();
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
     WHERE name = v_name AND away_since IS NULL;
    IF FOUND THEN
        RAISE WARNING 'policyd: shard % is away: %', v_name, p_message;
    END IF;
    RETURN EXISTS (SELECT FROM policyd.shard WHERE name = v_name);
END
$$;

-- Ask those that were away whether they are back; one asks, and not too often.
CREATE OR REPLACE FUNCTION policyd.probe_shards() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_number integer;
BEGIN
    FOR v_number IN
        SELECT number FROM policyd.shard
         WHERE away_since IS NOT NULL
           AND (tried < clock_timestamp() - interval '1 s') IS NOT FALSE
           FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE policyd.shard SET tried = clock_timestamp()
         WHERE number = v_number;
        BEGIN
            PERFORM policyd_shards.version_of(v_number);
            UPDATE policyd.shard SET away_since = NULL
             WHERE number = v_number;
            RAISE WARNING 'policyd: shard % is back', v_number;
        EXCEPTION WHEN OTHERS THEN
            NULL;   -- another time
        END;
    END LOOP;
END
$$;
