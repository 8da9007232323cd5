-- stats.sql -- the statistics, of all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/stats.sql.

CREATE OR REPLACE FUNCTION policyd.logins() RETURNS TABLE (
    account text, network cidr, country text, first_seen timestamptz,
    last_seen timestamptz, mails bigint, evidence_since timestamptz,
    asn bigint
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(); RUN ON ALL;
$$;

CREATE OR REPLACE FUNCTION policyd.logins(p_account text
) RETURNS TABLE (
    account text, network cidr, country text, first_seen timestamptz,
    last_seen timestamptz, mails bigint, evidence_since timestamptz,
    asn bigint
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.stats_accounts() RETURNS TABLE (
    account text, mails bigint, networks bigint, countries bigint,
    first_seen timestamptz, last_seen timestamptz, asns bigint
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(); RUN ON ALL;
$$;

CREATE OR REPLACE FUNCTION policyd.stats_accounts(p_account text
) RETURNS TABLE (
    account text, mails bigint, networks bigint, countries bigint,
    first_seen timestamptz, last_seen timestamptz, asns bigint
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.stats_account_countries(p_account text
) RETURNS TABLE (
    account text, country text, networks bigint, mails bigint,
    first_seen timestamptz, last_seen timestamptz
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd_shards.networks_by_country() RETURNS TABLE (
    country text, network cidr
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(); RUN ON ALL; TARGET policyd.networks_by_country;
$$;

CREATE OR REPLACE FUNCTION policyd.stats_countries() RETURNS TABLE (
    country text, accounts bigint, networks bigint, mails bigint,
    last_seen timestamptz
) LANGUAGE sql AS $$
    SELECT c.country, sum(c.accounts)::bigint, max(n.networks),
           sum(c.mails)::bigint, max(c.last_seen)
      FROM policyd_shards.stats_countries() c
      JOIN (SELECT n.country, count(DISTINCT n.network) AS networks
              FROM policyd_shards.networks_by_country() n
             GROUP BY n.country) n ON n.country = c.country
     GROUP BY c.country
$$;

CREATE OR REPLACE FUNCTION policyd.stats_networks() RETURNS TABLE (
    network cidr, country text, accounts bigint, mails bigint,
    last_seen timestamptz
) LANGUAGE sql AS $$
    SELECT n.network, max(n.country COLLATE "C"), sum(n.accounts)::bigint,
           sum(n.mails)::bigint, max(n.last_seen)
      FROM policyd_shards.stats_networks() n GROUP BY n.network
$$;

CREATE OR REPLACE FUNCTION policyd.stats_blocks() RETURNS TABLE (
    cause text, holding bigint, ended bigint, refused bigint,
    last_seen timestamptz
) LANGUAGE sql AS $$
    SELECT b.cause, sum(b.holding)::bigint, sum(b.ended)::bigint,
           sum(b.refused)::bigint, max(b.last_seen)
      FROM policyd_shards.stats_blocks() b GROUP BY b.cause
$$;

CREATE OR REPLACE FUNCTION policyd.stats_totals() RETURNS TABLE (
    accounts bigint, networks bigint, countries bigint, mails bigint,
    blocked bigint, first_seen timestamptz, last_seen timestamptz
) LANGUAGE sql AS $$
    SELECT sum(t.accounts)::bigint,
           (SELECT count(DISTINCT n.network)
              FROM policyd_shards.networks_by_country() n),
           (SELECT count(DISTINCT n.country)
              FROM policyd_shards.networks_by_country() n
             WHERE n.country <> ''),
           sum(t.mails)::bigint, sum(t.blocked)::bigint, min(t.first_seen),
           max(t.last_seen)
      FROM policyd_shards.stats_totals() t
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('stats_countries', 'stats_networks', 'stats_blocks',
    'stats_totals');
