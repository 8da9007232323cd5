-- overrides.sql -- settings of accounts and domains, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/overrides.sql.
--
-- What is laid over a domain is in each shard, where its accounts need it.

CREATE OR REPLACE FUNCTION policyd.override_find(p_account text
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.overrides_after(p_after text, p_most bigint
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer
) LANGUAGE sql AS $$
    SELECT DISTINCT ON (o.account COLLATE "C") *
      FROM policyd_shards.overrides_after(p_after, p_most) o
     ORDER BY o.account COLLATE "C", o.changed DESC LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.overrides_listed(p_most bigint
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer, place bigint
) LANGUAGE sql AS $$
    SELECT * FROM (
        SELECT DISTINCT ON (o.account COLLATE "C") *
          FROM policyd_shards.overrides_listed(p_most) o
         ORDER BY o.account COLLATE "C", o.changed DESC) o
     ORDER BY o.place, o.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.overrides_among(p_accounts jsonb
) RETURNS TABLE (
    account text
) LANGUAGE sql AS $$
    SELECT DISTINCT o.account
      FROM policyd_shards.overrides_among(p_accounts) o
$$;

CREATE OR REPLACE FUNCTION policyd_shards.overrides_revised(p_revision bigint
) RETURNS SETOF bigint LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(); RUN ON ALL; TARGET policyd.overrides_revised;
$$;

-- Overrides changed somewhere: another revision for all, see ../pgsql/shard.sql.
-- A shard that is away has its own until the next change, and is loaded more.
CREATE OR REPLACE FUNCTION policyd.overrides_revised() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.overrides_revised((random() * 9e18)::bigint);
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'policyd: %', SQLERRM;
END
$$;

CREATE OR REPLACE FUNCTION policyd_shards.override_put(p_account text,
    p_settings jsonb, p_comment text, p_author text, p_now bigint,
    p_valid_until bigint, p_listed integer, p_expected bigint
) RETURNS TABLE (revision bigint) LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON policyd.shards_of(p_account); TARGET policyd.override_put;
$$;

CREATE OR REPLACE FUNCTION policyd.override_put(p_account text,
    p_settings jsonb, p_comment text, p_author text, p_now bigint,
    p_valid_until bigint, p_listed integer, p_expected bigint
) RETURNS TABLE (revision bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT max(p.revision)
      FROM policyd_shards.override_put(p_account, p_settings, p_comment,
               p_author, coalesce(p_now, policyd.ms(clock_timestamp())),
               p_valid_until, p_listed, p_expected) p
    HAVING count(*) > 0;
    PERFORM policyd.overrides_revised();
END
$$;

CREATE OR REPLACE FUNCTION policyd_shards.override_delete(p_account text,
    p_only_listed integer, p_expected bigint
) RETURNS TABLE (revision bigint) LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON policyd.shards_of(p_account); TARGET policyd.override_delete;
$$;

CREATE OR REPLACE FUNCTION policyd.override_delete(p_account text,
    p_only_listed integer, p_expected bigint
) RETURNS TABLE (revision bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT max(d.revision)
      FROM policyd_shards.override_delete(p_account, p_only_listed,
               p_expected) d
    HAVING count(*) > 0;
    PERFORM policyd.overrides_revised();
END
$$;

-- Who replaces the custom settings keeps nobody out here: of two at one time
-- the settings of both may stay.
CREATE OR REPLACE FUNCTION policyd.overrides_lock() RETURNS void
LANGUAGE sql AS $$
    SELECT
$$;

CREATE OR REPLACE FUNCTION policyd.listed_delete(p_keep jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.listed_delete(p_keep);
END
$$;

CREATE OR REPLACE FUNCTION policyd_shards.listed_changed_part(p_shards integer[],
    p_rows text[]
) RETURNS SETOF bigint LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; SPLIT p_shards, p_rows; RUN ON p_shards;
    TARGET policyd.listed_changed_part;
$$;

CREATE OR REPLACE FUNCTION policyd.listed_changed(p_rows jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_shards integer[];
    v_rows text[];
BEGIN
    SELECT array_agg(p.shard), array_agg(p.rows) INTO v_shards, v_rows
      FROM (SELECT s AS shard, jsonb_agg(r)::text AS rows
              FROM jsonb_array_elements(p_rows) r, policyd.shards_of(r ->> 0) s
             GROUP BY s) p;
    RETURN (SELECT coalesce(sum(n), 0)
              FROM policyd_shards.listed_changed_part(v_shards, v_rows) n
             WHERE v_shards IS NOT NULL);
END
$$;

-- What is laid over a domain is in each of them.
CREATE OR REPLACE FUNCTION policyd.listed_count() RETURNS bigint
LANGUAGE sql AS $$
    SELECT count(*) FROM policyd.overrides_listed(9223372036854775807)
$$;

CREATE OR REPLACE FUNCTION policyd_shards.listed_put_part(p_shards integer[],
    p_rows text[], p_author text, p_now bigint
) RETURNS SETOF integer LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; SPLIT p_shards, p_rows; RUN ON p_shards;
    TARGET policyd.listed_put_part;
$$;

CREATE OR REPLACE FUNCTION policyd.listed_put(p_rows jsonb, p_author text,
    p_now bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.listed_put_part(array_agg(p.shard),
                array_agg(p.rows), p_author, p_now)
       FROM (SELECT s AS shard,
                    jsonb_agg(r)::text AS rows
               FROM jsonb_array_elements(p_rows) r, policyd.shards_of(r ->> 0) s
              GROUP BY s) p
     HAVING count(*) > 0;
    PERFORM policyd.overrides_revised();
END
$$;

CREATE OR REPLACE FUNCTION policyd.memory_for(p_ms bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.memory_for(p_ms);
    PERFORM policyd.overrides_revised();
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('overrides_after', 'overrides_listed',
    'overrides_among', 'listed_delete', 'memory_for');
