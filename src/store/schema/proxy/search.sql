-- search.sql -- blocks, overrides and changes found, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/search.sql.

CREATE OR REPLACE FUNCTION policyd.blocks_found(p_now bigint, p_text text,
    p_domain text, p_country text, p_cause integer, p_since bigint,
    p_order integer, p_key bigint, p_after text, p_most bigint
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text, key bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.blocks_found(p_now, p_text, p_domain,
               p_country, p_cause, p_since, p_order, p_key, p_after,
               p_most) b
     ORDER BY b.key, b.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_counted(p_now bigint, p_text text,
    p_domain text, p_country text, p_cause integer, p_since bigint
) RETURNS bigint LANGUAGE sql AS $$
    SELECT sum(n)::bigint
      FROM policyd_shards.blocks_counted(p_now, p_text, p_domain, p_country,
               p_cause, p_since) n
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_by_cause(p_now bigint
) RETURNS TABLE (
    cause integer, blocks bigint
) LANGUAGE sql AS $$
    SELECT b.cause, sum(b.blocks)::bigint
      FROM policyd_shards.blocks_by_cause(p_now) b
     GROUP BY b.cause ORDER BY 2 DESC, 1
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_by_country(p_now bigint
) RETURNS TABLE (
    country text, blocks bigint
) LANGUAGE sql AS $$
    SELECT b.country, sum(b.blocks)::bigint
      FROM policyd_shards.blocks_by_country(p_now) b
     GROUP BY b.country ORDER BY 2 DESC, b.country COLLATE "C"
$$;

-- Networks that accounts of several shards share count once.
CREATE OR REPLACE FUNCTION policyd_shards.networks_seen(p_now bigint, p_most_s bigint
) RETURNS TABLE (
    country text, network cidr
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(); RUN ON ALL; TARGET policyd.networks_seen;
$$;

CREATE OR REPLACE FUNCTION policyd.countries_seen(p_now bigint,
    p_most_s bigint
) RETURNS TABLE (
    country text, accounts bigint, networks bigint
) LANGUAGE sql AS $$
    SELECT c.country, sum(c.accounts)::bigint, max(n.networks)
      FROM policyd_shards.countries_seen(p_now, p_most_s) c
      JOIN (SELECT n.country, count(DISTINCT n.network) AS networks
              FROM policyd_shards.networks_seen(p_now, p_most_s) n
             GROUP BY n.country) n ON n.country = c.country
     GROUP BY c.country ORDER BY c.country COLLATE "C"
$$;

CREATE OR REPLACE FUNCTION policyd.countries_blocked(p_now bigint,
    p_most_s bigint
) RETURNS TABLE (
    country text, blocks bigint
) LANGUAGE sql AS $$
    SELECT b.country, sum(b.blocks)::bigint
      FROM policyd_shards.countries_blocked(p_now, p_most_s) b
     GROUP BY b.country ORDER BY b.country COLLATE "C"
$$;

CREATE OR REPLACE FUNCTION policyd.country_accounts(p_country text,
    p_now bigint, p_most_s bigint, p_most bigint
) RETURNS TABLE (
    account text, networks bigint, last bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.country_accounts(p_country, p_now, p_most_s,
               p_most) a
     ORDER BY a.last DESC, a.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.country_blocks(p_country text,
    p_now bigint, p_most_s bigint, p_most bigint
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.country_blocks(p_country, p_now, p_most_s,
               p_most) b
     ORDER BY b.began DESC, b.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.overrides_found(p_after text, p_text text,
    p_most bigint
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer
) LANGUAGE sql AS $$
    SELECT DISTINCT ON (o.account COLLATE "C") *
      FROM policyd_shards.overrides_found(p_after, p_text, p_most) o
     ORDER BY o.account COLLATE "C", o.changed DESC LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.audit_found(p_before bigint, p_text text,
    p_most bigint
) RETURNS TABLE (
    id bigint, at bigint, actor text, origin text, action text, subject text,
    detail jsonb
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.audit_found(p_before, p_text, p_most) c
     ORDER BY c.id DESC LIMIT p_most
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('blocks_found', 'blocks_counted', 'blocks_by_cause',
    'blocks_by_country', 'countries_seen', 'countries_blocked',
    'country_accounts', 'country_blocks', 'overrides_found', 'audit_found');
