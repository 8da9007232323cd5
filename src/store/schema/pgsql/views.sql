-- views.sql -- how what is stored is shown; also for those who prefer psql.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- The name of a cause, as it is shown.
CREATE OR REPLACE FUNCTION policyd.cause_name(cause integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT (ARRAY['countries', 'networks', 'home countries', 'home networks',
                  'outside the allowed countries',
                  'outside the allowed networks', 'rate', 'manual',
                  'autonomous systems', 'autonomous systems at home',
                  'new countries',
                  'new networks in an hour',
                  'new networks in a day',
                  'mails in an hour',
                  'mails in a day',
                  'mails in an hour from networks first used lately',
                  'mails in a day from networks first used lately',
                  'days with mail deferred',
                  'spans of 5 minutes with mail deferred',
                  'mails in an hour from networks never used before',
                  'mails in a day from networks never used before',
                  'mails in a week from networks first used lately',
                  'mails deferred in an hour'])[cause]
$$;

-- Logins with what is still pending in the account row: read this one.
CREATE OR REPLACE VIEW policyd.logins AS
SELECT l.account, l.network, l.country, l.first_seen,
       greatest(l.last_seen, to_timestamp(p.words[3]::bigint / 1000.0))
           AS last_seen,
       l.mails + coalesce(p.words[5]::bigint, 0) AS mails,
       coalesce(a.evidence_since, '-infinity') AS evidence_since, l.asn
  FROM policyd.login l
  LEFT JOIN policyd.account a ON a.account = l.account
  LEFT JOIN LATERAL (
       SELECT string_to_array(split_part(split_part(E'\n' || a.places,
                  E'\n' || policyd.place_name(l.network) || ' ', 2), E'\n', 1),
                  ' ') AS words) p ON true;

-- All of them are of the logins that are kept (store.retention). A country
-- that is not known is '' and no country.

-- Who reached which limit or rate since the last report, and how often.
CREATE OR REPLACE VIEW policyd.hits AS
SELECT account, policyd.cause_name(cause) AS reached, allowed, per_s, times,
       first_seen, last_seen
  FROM policyd.hit;

-- One row an account: mails, networks, countries, autonomous systems.
CREATE OR REPLACE VIEW policyd.stats_accounts AS
SELECT account, sum(mails)::bigint AS mails, count(*) AS networks,
       count(DISTINCT country) FILTER (WHERE country <> '') AS countries,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       count(DISTINCT asn) FILTER (WHERE asn <> 0) AS asns
  FROM policyd.logins
 GROUP BY account;

-- One row an account and country.
CREATE OR REPLACE VIEW policyd.stats_account_countries AS
SELECT account, country, count(*) AS networks, sum(mails)::bigint AS mails,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY account, country;

-- One row a country.
CREATE OR REPLACE VIEW policyd.stats_countries AS
SELECT country, count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks, sum(mails)::bigint AS mails,
       max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY country;

-- One row a network: many accounts behind one are a company, or a botnet.
CREATE OR REPLACE VIEW policyd.stats_networks AS
SELECT network, max(country) AS country,
       count(DISTINCT account) AS accounts, sum(mails)::bigint AS mails,
       max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY network;

-- One row a cause: blocks that hold, the last blocks that ended, and the
-- requests refused by them.
CREATE OR REPLACE VIEW policyd.stats_blocks AS
SELECT policyd.cause_name(cause) AS cause,
       count(*) FILTER (WHERE ended_at IS NULL) AS holding,
       count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended,
       sum(attempts)::bigint AS refused, max(began_at) AS last_seen
  FROM policyd.block
 GROUP BY cause;

-- One row: all of it.
CREATE OR REPLACE VIEW policyd.stats_totals AS
SELECT count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks,
       count(DISTINCT country) FILTER (WHERE country <> '') AS countries,
       coalesce(sum(mails), 0)::bigint AS mails,
       (SELECT count(*) FROM policyd.block WHERE ended_at IS NULL)
           AS blocked,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins;
