-- round.sql -- the accounts of a round, each where it is.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/round.sql. Each shard commits for itself. What has
-- no answer because its shard is away has no row, and is not said to be saved:
-- it costs nobody else anything but the call that found it out.

CREATE OR REPLACE FUNCTION policyd_shards.load_part(p_shards integer[],
    p_places integer[], p_accounts text[], p_domains text[],
    p_now timestamptz
) RETURNS TABLE (
    i bigint, now timestamptz, overrides bigint, memory bigint, version bigint,
    evidence_since timestamptz, blocked_until timestamptz,
    last_seen timestamptz, rated_at timestamptz, complete_since bigint,
    mail_hash bigint, places text, rings bytea, mail_hashes bytea,
    cause integer, found bigint, allowed bigint, per_s bigint, note text,
    began_at timestamptz, of_account text, of_domain text, history bytea
) LANGUAGE plproxy AS $$
    CLUSTER 'policyd';
    SPLIT p_shards, p_places, p_accounts, p_domains;
    RUN ON p_shards;
    TARGET policyd.load_part;
$$;

CREATE OR REPLACE FUNCTION policyd.load(p_accounts text[], p_domains text[],
    p_now timestamptz
) RETURNS TABLE (
    i bigint, now timestamptz, overrides bigint, memory bigint, version bigint,
    evidence_since timestamptz, blocked_until timestamptz,
    last_seen timestamptz, rated_at timestamptz, complete_since bigint,
    mail_hash bigint, places text, rings bytea, mail_hashes bytea,
    cause integer, found bigint, allowed bigint, per_s bigint, note text,
    began_at timestamptz, of_account text, of_domain text, history bytea
) LANGUAGE plpgsql ROWS 32 AS $$
#variable_conflict use_variable
DECLARE
    v_now timestamptz := coalesce(p_now, clock_timestamp());
    v_mask integer;
    v_here integer[];
    v_shards integer[];
    v_places integer[];
    v_accounts text[];
    v_domains text[];
BEGIN
    -- Each try but the last finds out that one more is away.
    LOOP
        SELECT count(*) - 1,
               array_agg(number) FILTER (WHERE away_since IS NULL)
          INTO v_mask, v_here FROM policyd.shard;
        SELECT array_agg(hashtext(q.account) & v_mask), array_agg(q.place),
               array_agg(q.account), array_agg(q.domain)
          INTO v_shards, v_places, v_accounts, v_domains
          FROM unnest(p_accounts, p_domains) WITH ORDINALITY
               AS q (account, domain, place)
         WHERE hashtext(q.account) & v_mask = ANY (v_here);
        IF v_shards IS NULL THEN
            RETURN;
        END IF;
        BEGIN
            RETURN QUERY SELECT * FROM policyd_shards.load_part(v_shards,
                v_places, v_accounts, v_domains, v_now);
            RETURN;
        EXCEPTION WHEN OTHERS THEN
            IF NOT policyd.is_away(SQLSTATE, SQLERRM) THEN
                RAISE;
            END IF;
        END;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION policyd.logins_since(p_account text,
    p_since timestamptz, p_most bigint
) RETURNS TABLE (network cidr, country text, asn bigint, last_seen timestamptz)
LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.older(p_account text, p_networks cidr[]
) RETURNS TABLE (network cidr, country text, asn bigint, last_seen timestamptz,
    older text)
LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd_shards.older_part(p_shards integer[],
    p_owners integer[], p_accounts text[], p_places integer[],
    p_networks cidr[]
) RETURNS TABLE (owner integer, place integer, country text, asn bigint,
    last_seen timestamptz, older text)
LANGUAGE plproxy AS $$
    CLUSTER 'policyd';
    SPLIT ALL;
    RUN ON p_shards;
    TARGET policyd.older_part;
$$;

CREATE OR REPLACE FUNCTION policyd.older_places(p_accounts text[],
    p_owners integer[], p_networks cidr[]
) RETURNS TABLE (owner integer, place integer, country text, asn bigint,
    last_seen timestamptz, older text)
LANGUAGE plpgsql ROWS 32 AS $$
#variable_conflict use_column
DECLARE
    v_mask integer := policyd.shard_count() - 1;
    v_here integer[];
    v_shards integer[];
    v_owners integer[];
    v_accounts text[];
    v_places integer[];
    v_networks cidr[];
BEGIN
    LOOP
        v_here := policyd.shards_here();
        SELECT array_agg(hashtext(q.account) & v_mask), array_agg(q.owner),
               array_agg(q.account), array_agg(q.place), array_agg(q.network)
          INTO v_shards, v_owners, v_accounts, v_places, v_networks
          FROM (SELECT i::integer AS owner, a AS account,
                       NULL::integer AS place, NULL::cidr AS network
                  FROM unnest(p_accounts) WITH ORDINALITY AS u (a, i)
                 UNION ALL
                SELECT o, p_accounts[o], i::integer, n
                  FROM unnest(p_owners, p_networks) WITH ORDINALITY
                       AS u (o, n, i)) q
         WHERE hashtext(q.account) & v_mask = ANY (v_here);
        IF v_shards IS NULL THEN
            RETURN;
        END IF;
        BEGIN
            RETURN QUERY SELECT * FROM policyd_shards.older_part(v_shards,
                v_owners, v_accounts, v_places, v_networks);
            RETURN;
        EXCEPTION WHEN OTHERS THEN
            IF NOT policyd.is_away(SQLSTATE, SQLERRM) THEN
                RAISE;
            END IF;
        END;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION policyd_shards.touch(p_shard integer,
    p_account text, p_expected bigint, p_version bigint, p_since timestamptz,
    p_blocked timestamptz, p_seen timestamptz, p_rated timestamptz,
    p_complete bigint, p_mail_hash bigint, p_places text, p_rings bytea,
    p_mail_hashes bytea, p_history bytea, p_networks cidr[],
    p_countries text[], p_asns bigint[], p_lasts timestamptz[],
    p_mails bigint[], p_overrides bigint, p_now timestamptz
) RETURNS SETOF timestamptz LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON p_shard;
    SELECT policyd.touch(p_account, p_expected, p_version, p_since, p_blocked,
               p_seen, p_rated, p_complete, p_mail_hash, p_places, p_rings,
               p_mail_hashes, p_history, p_networks, p_countries, p_asns,
               p_lasts, p_mails, p_overrides, p_now)
      FROM policyd.begin_round();
$$;

-- NULL if its shard is away: loading it tells.
CREATE OR REPLACE FUNCTION policyd.touch(p_account text, p_expected bigint,
    p_version bigint, p_since timestamptz, p_blocked timestamptz,
    p_seen timestamptz, p_rated timestamptz, p_complete bigint,
    p_mail_hash bigint, p_places text, p_rings bytea, p_mail_hashes bytea,
    p_history bytea, p_networks cidr[], p_countries text[], p_asns bigint[],
    p_lasts timestamptz[], p_mails bigint[], p_overrides bigint,
    p_now timestamptz
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    v_shard integer;
    v_here integer[];
BEGIN
    SELECT hashtext(p_account) & (count(*) - 1)::integer,
           array_agg(number) FILTER (WHERE away_since IS NULL)
      INTO v_shard, v_here FROM policyd.shard;
    IF v_shard = ANY (v_here) THEN
        RETURN policyd_shards.touch(v_shard, p_account, p_expected, p_version,
            p_since, p_blocked, p_seen, p_rated, p_complete, p_mail_hash,
            p_places, p_rings, p_mail_hashes, p_history, p_networks,
            p_countries, p_asns, p_lasts, p_mails, p_overrides, p_now);
    END IF;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    IF NOT policyd.is_away(SQLSTATE, SQLERRM) THEN
        RAISE;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION policyd_shards.save_part(p_shards integer[],
    p_calls text[]
) RETURNS TABLE (shard integer, saved integer[]) LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; SPLIT ALL; RUN ON p_shards; TARGET policyd.save_part;
$$;

-- The elements of an array at some places, and the places of one shard.
CREATE OR REPLACE FUNCTION policyd.pick(anyarray, integer[]) RETURNS anyarray
LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT $1[i] FROM unnest($2) WITH ORDINALITY AS u (i, n)
                  ORDER BY n)
$$;

CREATE OR REPLACE FUNCTION policyd.places_on(p_shards integer[],
    p_shard integer
) RETURNS integer[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT i::integer
                   FROM unnest(p_shards) WITH ORDINALITY AS u (shard, i)
                  WHERE shard = p_shard ORDER BY i)
$$;

-- Consequences, with the places that accounts have on their shard.
CREATE OR REPLACE FUNCTION policyd.follow_on(p_follow jsonb,
    p_places integer[]
) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_agg(jsonb_set(e, '{i}',
               to_jsonb(array_position(p_places, (e ->> 'i')::integer)))
               ORDER BY n)
      FROM jsonb_array_elements(p_follow) WITH ORDINALITY AS u (e, n)
     WHERE (e ->> 'i')::integer = ANY (p_places)
$$;

CREATE OR REPLACE FUNCTION policyd.save(p_version bigint, p_accounts text[],
    p_versions bigint[], p_since timestamptz[], p_blocked timestamptz[],
    p_seen timestamptz[], p_rated timestamptz[], p_complete bigint[],
    p_mail_hash bigint[], p_places text[], p_rings bytea[],
    p_mail_hashes bytea[], p_histories bytea[], p_owners integer[],
    p_networks cidr[], p_countries text[], p_asns bigint[],
    p_lasts timestamptz[], p_mails bigint[], p_follow jsonb,
    p_refused text[], p_times bigint[], p_must_last boolean,
    p_overrides bigint, p_now timestamptz
) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
    v_mask integer := policyd.shard_count() - 1;
    v_here integer[];
    v_count integer := cardinality(p_accounts);
    v_of integer[] := ARRAY(SELECT hashtext(a) & v_mask
        FROM unnest(p_accounts) WITH ORDINALITY AS u (a, i) ORDER BY i);
    v_of_refused integer[] := ARRAY(SELECT hashtext(a) & v_mask
        FROM unnest(p_refused) WITH ORDINALITY AS u (a, i) ORDER BY i);
    v_shard integer;
    v_shards integer[];
    v_calls text[];
    v_mine integer[];
    v_due integer[];
    v_refused integer[];
    v_saved integer[];
    r record;
BEGIN
    LOOP
        v_here := policyd.shards_here();
        v_shards := '{}';
        v_calls := '{}';
        FOR v_shard IN SELECT DISTINCT unnest(v_of || v_of_refused)
        LOOP
            CONTINUE WHEN NOT v_shard = ANY (v_here);
            v_mine := policyd.places_on(v_of, v_shard);
            v_refused := policyd.places_on(v_of_refused, v_shard);
            v_due := ARRAY(SELECT i::integer
                FROM unnest(p_owners) WITH ORDINALITY AS u (owner, i)
               WHERE owner = ANY (v_mine) ORDER BY i);
            v_shards := v_shards || v_shard;
            v_calls := v_calls || ARRAY[p_version::text,
                policyd.pick(p_accounts, v_mine)::text,
                policyd.pick(p_versions, v_mine)::text,
                policyd.pick(p_since, v_mine)::text,
                policyd.pick(p_blocked, v_mine)::text,
                policyd.pick(p_seen, v_mine)::text,
                policyd.pick(p_rated, v_mine)::text,
                policyd.pick(p_complete, v_mine)::text,
                policyd.pick(p_mail_hash, v_mine)::text,
                policyd.pick(p_places, v_mine)::text,
                policyd.pick(p_rings, v_mine)::text,
                policyd.pick(p_mail_hashes, v_mine)::text,
                policyd.pick(p_histories, v_mine)::text,
                ARRAY(SELECT array_position(v_mine, p_owners[i])
                        FROM unnest(v_due) WITH ORDINALITY AS u (i, n)
                       ORDER BY n)::text,
                policyd.pick(p_networks, v_due)::text,
                policyd.pick(p_countries, v_due)::text,
                policyd.pick(p_asns, v_due)::text,
                policyd.pick(p_lasts, v_due)::text,
                policyd.pick(p_mails, v_due)::text,
                policyd.follow_on(p_follow, v_mine)::text,
                policyd.pick(p_refused, v_refused)::text,
                policyd.pick(p_times, v_refused)::text,
                p_must_last::text, p_overrides::text, p_now::text]::text;
        END LOOP;
        v_saved := '{}';
        EXIT WHEN v_shards = '{}';
        BEGIN
            FOR r IN SELECT * FROM policyd_shards.save_part(v_shards, v_calls)
            LOOP
                v_mine := policyd.places_on(v_of, r.shard);
                v_refused := policyd.places_on(v_of_refused, r.shard);
                v_saved := v_saved || ARRAY(
                    SELECT CASE WHEN k <= cardinality(v_mine) THEN v_mine[k]
                        ELSE v_count + v_refused[k - cardinality(v_mine)] END
                      FROM unnest(r.saved) k);
            END LOOP;
            EXIT;
        EXCEPTION WHEN OTHERS THEN
            -- What others saved meanwhile the program finds when it loads it
            -- again, by its version.
            IF NOT policyd.is_away(SQLSTATE, SQLERRM) THEN
                RAISE;
            END IF;
        END;
    END LOOP;
    RETURN v_saved;
END
$$;
