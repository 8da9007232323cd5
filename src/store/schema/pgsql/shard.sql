-- shard.sql -- what a proxy asks of a database that is one of several.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A proxy (../proxy/) splits a call by arrays, which have an element for each
-- account, or each database, that is meant: p_shards says which one.

-- What a session of the program has set for rounds, see store/pgsql/connect.c:
-- for one transaction, as sessions here are a pooler's.
CREATE OR REPLACE FUNCTION policyd.begin_round() RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL synchronous_commit TO off;
    SET LOCAL plan_cache_mode TO force_generic_plan;
    SET LOCAL enable_hashjoin TO off;
    SET LOCAL enable_mergejoin TO off;
    SET LOCAL enable_seqscan TO off;
    SET LOCAL jit TO off;
    RETURN true;
END
$$;

-- policyd.load of some of the accounts: p_places are their places in the round.
CREATE OR REPLACE FUNCTION policyd.load_part(p_shards integer[],
    p_places integer[], p_accounts text[], p_domains text[],
    p_now timestamptz
) RETURNS TABLE (
    i bigint, now timestamptz, overrides bigint, memory bigint, version bigint,
    evidence_since timestamptz, blocked_until timestamptz,
    last_seen timestamptz, rated_at timestamptz, complete_since bigint,
    mail_hash bigint, places text, rings bytea, mail_hashes bytea,
    cause integer, found bigint, allowed bigint, per_s bigint, note text,
    began_at timestamptz, of_account text, of_domain text, history bytea
) LANGUAGE plpgsql ROWS 32 AS $$
#variable_conflict use_column
BEGIN
    PERFORM policyd.begin_round();
    RETURN QUERY
    SELECT p_places[l.i]::bigint, l.now, l.overrides, l.memory,
           l.version, l.evidence_since, l.blocked_until, l.last_seen, l.rated_at,
           l.complete_since, l.mail_hash, l.places, l.rings, l.mail_hashes,
           l.cause, l.found, l.allowed, l.per_s, l.note, l.began_at,
           l.of_account, l.of_domain, l.history
      FROM policyd.load(p_accounts, p_domains, p_now) l;
END
$$;

-- policyd.older_places, an element for each account, without a network, and for
-- each network.
CREATE OR REPLACE FUNCTION policyd.older_part(p_shards integer[],
    p_owners integer[], p_accounts text[], p_places integer[],
    p_networks cidr[]
) RETURNS TABLE (owner integer, place integer, country text, asn bigint,
    last_seen timestamptz, older text)
LANGUAGE plpgsql ROWS 32 AS $$
#variable_conflict use_column
BEGIN
    PERFORM policyd.begin_round();
    RETURN QUERY
    SELECT q.owner, NULL::integer, NULL::text, NULL::bigint,
           NULL::timestamptz, a.older
      FROM unnest(p_owners, p_accounts, p_networks)
           AS q (owner, account, network)
      JOIN policyd.account a ON a.account = q.account
     WHERE q.network IS NULL
     UNION ALL
    SELECT q.owner, q.place, l.country, l.asn, l.last_seen, NULL
      FROM unnest(p_owners, p_accounts, p_places, p_networks)
           AS q (owner, account, place, network), LATERAL (
           SELECT * FROM policyd.login
            WHERE account = q.account AND network = q.network OFFSET 0) l;
END
$$;

-- policyd.save of those that are here: its parameters as text, in an array that
-- is text.
CREATE OR REPLACE FUNCTION policyd.save_part(p_shards integer[],
    p_calls text[]
) RETURNS TABLE (shard integer, saved integer[]) LANGUAGE plpgsql AS $$
DECLARE
    c text[] := p_calls[1];
BEGIN
    PERFORM policyd.begin_round();
    RETURN QUERY SELECT p_shards[1], policyd.save(c[1]::bigint, c[2]::text[],
        c[3]::bigint[], c[4]::timestamptz[], c[5]::timestamptz[],
        c[6]::timestamptz[], c[7]::timestamptz[], c[8]::bigint[],
        c[9]::bigint[], c[10]::text[], c[11]::bytea[], c[12]::bytea[],
        c[13]::bytea[], c[14]::integer[], c[15]::cidr[], c[16]::text[],
        c[17]::bigint[], c[18]::timestamptz[], c[19]::bigint[],
        c[20]::jsonb, c[21]::text[], c[22]::bigint[], c[23]::boolean,
        c[24]::bigint, c[25]::timestamptz);
END
$$;

-- Overrides of another shard changed: all have the same revision, so that who
-- remembers one may remember accounts of all of them.
CREATE OR REPLACE FUNCTION policyd.overrides_revised(p_revision bigint
) RETURNS SETOF bigint LANGUAGE sql AS $$
    UPDATE policyd.revision SET revision = p_revision
     WHERE of = 'overrides' RETURNING revision
$$;

-- Rows of JSON, those that are here.
CREATE OR REPLACE FUNCTION policyd.load_accounts_part(p_shards integer[],
    p_rows text[]
) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd.load_accounts(p_rows[1]::jsonb);
    RETURN QUERY SELECT p_shards[1];
END
$$;

CREATE OR REPLACE FUNCTION policyd.load_logins_part(p_shards integer[],
    p_rows text[]
) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd.load_logins(p_rows[1]::jsonb);
    RETURN QUERY SELECT p_shards[1];
END
$$;

CREATE OR REPLACE FUNCTION policyd.listed_changed_part(p_shards integer[],
    p_rows text[]
) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT policyd.listed_changed(p_rows[1]::jsonb)
$$;

CREATE OR REPLACE FUNCTION policyd.listed_put_part(p_shards integer[],
    p_rows text[], p_author text, p_now bigint
) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd.listed_put(p_rows[1]::jsonb, p_author, p_now);
    RETURN QUERY SELECT p_shards[1];
END
$$;

-- The version of the schema here.
CREATE OR REPLACE FUNCTION policyd.version_here() RETURNS SETOF integer
LANGUAGE sql STABLE AS $$
    SELECT max(version) FROM policyd.schema_version
$$;

-- Networks by country, each once: what cannot be added up.
CREATE OR REPLACE FUNCTION policyd.networks_by_country() RETURNS TABLE (
    country text, network cidr
) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT country, network FROM policyd.login
$$;

CREATE OR REPLACE FUNCTION policyd.networks_seen(p_now bigint, p_most_s bigint
) RETURNS TABLE (country text, network cidr) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT country, network FROM policyd.login
     WHERE last_seen > policyd.moment(p_now) - make_interval(secs => p_most_s)
$$;

-- After the databases were doubled: what is of others goes, a batch of accounts
-- behind p_after. p_shard of p_count is this one. The last account looked at;
-- no row: there are no more.
CREATE OR REPLACE FUNCTION policyd.delete_moved(p_shard integer,
    p_count integer, p_after text, p_most integer
) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_all text[];
    v_moved text[];
BEGIN
    SELECT array_agg(account ORDER BY account), array_agg(account)
           FILTER (WHERE hashtext(account) & (p_count - 1) <> p_shard)
      INTO v_all, v_moved
      FROM (SELECT account FROM policyd.account WHERE account > p_after
             ORDER BY account LIMIT p_most) page;
    DELETE FROM policyd.account WHERE account = ANY (v_moved);
    DELETE FROM policyd.login WHERE account = ANY (v_moved);
    DELETE FROM policyd.block WHERE account = ANY (v_moved);
    IF v_all IS NULL THEN
        -- These need no row of their account.
        DELETE FROM policyd.login
         WHERE hashtext(account) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.block
         WHERE hashtext(account) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.hit
         WHERE hashtext(account) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.outbox
         WHERE hashtext(account) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.override
         WHERE account NOT LIKE '@%'
           AND hashtext(account) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.audit
         WHERE hashtext(subject) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.decisions
         WHERE hashtext(host) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.host
         WHERE hashtext(host) & (p_count - 1) <> p_shard;
        DELETE FROM policyd.turn
         WHERE hashtext(name) & (p_count - 1) <> p_shard;
        RETURN;
    END IF;
    RETURN QUERY SELECT v_all[array_upper(v_all, 1)];
END
$$;
