-- search.sql -- blocks, overrides and changes found; countries seen lately.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- What of a block is searched: part of its account, the domain, the country
-- ('': all), the cause (0: all), when it began at the earliest.
CREATE OR REPLACE FUNCTION policyd.blocks_fitting(p_now bigint, p_text text,
    p_domain text, p_country text, p_cause integer, p_since bigint
) RETURNS SETOF policyd.block LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.block
     WHERE ended_at IS NULL AND until > policyd.moment(p_now)
       AND (p_text = '' OR strpos(account, p_text) > 0)
       AND (p_domain = ''
            OR right(account, length(p_domain) + 1) = '@' || p_domain)
       AND (p_country = '' OR country = p_country)
       AND (p_cause = 0 OR cause = p_cause)
       AND began_at >= to_timestamp(p_since / 1000.0)
$$;

-- A page of them in an order of store/search.h, behind a key and an account.
-- As blocks_held, then the key.
CREATE OR REPLACE FUNCTION policyd.blocks_found(p_now bigint, p_text text,
    p_domain text, p_country text, p_cause integer, p_since bigint,
    p_order integer, p_key bigint, p_after text, p_most bigint
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text, key bigint
) LANGUAGE sql STABLE AS $$
    SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
           policyd.ms(until), policyd.ms(ended_at), attempts,
           coalesce(host(client), ''), country, key
      FROM (SELECT *, CASE p_order WHEN 1 THEN -policyd.ms(began_at)
                   WHEN 2 THEN policyd.ms(began_at)
                   WHEN 3 THEN coalesce(nullif(policyd.ms(until), 0),
                                        9000000000000000)
                   WHEN 4 THEN -attempts WHEN 5 THEN cause
                   WHEN 6 THEN coalesce(ascii(country) * 256
                                        + ascii(substr(country, 2)), 0)
                   ELSE 0 END AS key
              FROM policyd.blocks_fitting(p_now, p_text, p_domain, p_country,
                                          p_cause, p_since)) b
     WHERE (key, account) > (p_key, p_after)
     ORDER BY key, account LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_counted(p_now bigint, p_text text,
    p_domain text, p_country text, p_cause integer, p_since bigint
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM policyd.blocks_fitting(p_now, p_text, p_domain,
                                                p_country, p_cause, p_since)
$$;

-- What there is to choose from, most first.
CREATE OR REPLACE FUNCTION policyd.blocks_by_cause(p_now bigint
) RETURNS TABLE (cause integer, blocks bigint) LANGUAGE sql STABLE AS $$
    SELECT cause, count(*) FROM policyd.block
     WHERE ended_at IS NULL AND until > policyd.moment(p_now)
     GROUP BY cause ORDER BY 2 DESC, 1
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_by_country(p_now bigint
) RETURNS TABLE (country text, blocks bigint) LANGUAGE sql STABLE AS $$
    SELECT country, count(*) FROM policyd.block
     WHERE ended_at IS NULL AND until > policyd.moment(p_now)
     GROUP BY country ORDER BY 2 DESC, 1
$$;

-- Accounts and networks that logged in within the last p_most_s seconds.
CREATE OR REPLACE FUNCTION policyd.countries_seen(p_now bigint,
    p_most_s bigint
) RETURNS TABLE (country text, accounts bigint, networks bigint)
LANGUAGE sql STABLE AS $$
    SELECT country, count(DISTINCT account), count(DISTINCT network)
      FROM policyd.login
     WHERE last_seen > policyd.moment(p_now) - make_interval(secs => p_most_s)
     GROUP BY country ORDER BY 1
$$;

-- Accounts that were blocked lately, whether it holds or not.
CREATE OR REPLACE FUNCTION policyd.countries_blocked(p_now bigint,
    p_most_s bigint
) RETURNS TABLE (country text, blocks bigint) LANGUAGE sql STABLE AS $$
    SELECT country, count(*) FROM policyd.block
     WHERE began_at > policyd.moment(p_now) - make_interval(secs => p_most_s)
     GROUP BY country ORDER BY 1
$$;

-- Who logged in from a country lately, and who was blocked for it.
CREATE OR REPLACE FUNCTION policyd.country_accounts(p_country text,
    p_now bigint, p_most_s bigint, p_most bigint
) RETURNS TABLE (account text, networks bigint, last bigint)
LANGUAGE sql STABLE AS $$
    SELECT account, count(*), policyd.ms(max(last_seen)) FROM policyd.login
     WHERE country = p_country
       AND last_seen > policyd.moment(p_now) - make_interval(secs => p_most_s)
     GROUP BY account ORDER BY 3 DESC, 1 LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.country_blocks(p_country text,
    p_now bigint, p_most_s bigint, p_most bigint
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql STABLE AS $$
    SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
           policyd.ms(until), policyd.ms(ended_at), attempts,
           coalesce(host(client), ''), country
      FROM policyd.block
     WHERE country = p_country
       AND began_at > policyd.moment(p_now) - make_interval(secs => p_most_s)
     ORDER BY began_at DESC, account LIMIT p_most
$$;

-- Overrides whose account or comment has the text, behind an account.
CREATE OR REPLACE FUNCTION policyd.overrides_found(p_after text, p_text text,
    p_most bigint
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer
) LANGUAGE sql STABLE AS $$
    SELECT account, settings, comment, author, policyd.ms(changed_at),
           policyd.ms(valid_until), revision, (position IS NOT NULL)::integer
      FROM policyd.override
     WHERE account > p_after AND (strpos(account, p_text) > 0
           OR strpos(lower(comment), lower(p_text)) > 0)
     ORDER BY account LIMIT p_most
$$;

-- Changes whose actor, action or subject has the text, before an id (0: all).
CREATE OR REPLACE FUNCTION policyd.audit_found(p_before bigint, p_text text,
    p_most bigint
) RETURNS TABLE (
    id bigint, at bigint, actor text, origin text, action text, subject text,
    detail jsonb
) LANGUAGE sql STABLE AS $$
    SELECT id, policyd.ms(at), actor, origin, action, subject, detail
      FROM policyd.audit
     WHERE (p_before = 0 OR id < p_before)
       AND strpos(lower(concat_ws(' ', actor, action, subject)),
                  lower(p_text)) > 0
     ORDER BY id DESC LIMIT p_most
$$;
