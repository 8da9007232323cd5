-- 004-report.sql -- turns, cleaning, the report, and views for psql.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Whose turn it is to do what only one may do at a time. It is a row and no
-- advisory lock, which would be of no use behind a pooler that gives each
-- transaction another connection. A turn that nobody renews is over in time.
CREATE TABLE policyd.turn (
    name   text PRIMARY KEY,            -- clean, report
    owner  text NOT NULL,
    until  timestamptz NOT NULL
);

-- Take a turn, or renew it; false: somebody else has it.
CREATE FUNCTION policyd.take_turn(p_name text, p_owner text, p_lease_s integer,
    p_now timestamptz) RETURNS boolean LANGUAGE sql AS $$
    WITH taken AS (
        INSERT INTO policyd.turn AS t VALUES (p_name, p_owner,
            coalesce(p_now, clock_timestamp())
                + make_interval(secs => p_lease_s))
        ON CONFLICT (name) DO UPDATE
           SET owner = excluded.owner, until = excluded.until
         WHERE t.owner = p_owner
            OR t.until <= coalesce(p_now, clock_timestamp())
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM taken)
$$;

-- Notifications that were delivered or given up long ago. As the functions of
-- 003-admin.sql; the key is a number here, and comes and goes as text.
CREATE FUNCTION policyd.clean_outbox(p_before timestamptz, p_after text,
    p_most integer, OUT deleted bigint, OUT next_id text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, id, ended_at FROM policyd.outbox
         WHERE id > coalesce(nullif(p_after, '')::bigint, 0)
         ORDER BY id LIMIT p_most
    ), gone AS (
        DELETE FROM policyd.outbox
         WHERE ctid = ANY (ARRAY(SELECT place FROM batch
                                  WHERE ended_at < p_before))
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(id)::text FROM batch HAVING count(*) = p_most)
$$;

-- What was reached long ago, if nobody wants a report of it.
CREATE FUNCTION policyd.clean_hits(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_hashagg = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT DISTINCT account FROM policyd.hit
         WHERE account > p_account ORDER BY account LIMIT p_most
    ), gone AS (
        DELETE FROM policyd.hit h USING batch
         WHERE h.account = batch.account AND h.last_seen < p_before
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch HAVING count(*) = p_most)
$$;

-- These were reported, so many times each: take that off, and leave what was
-- counted meanwhile.
CREATE FUNCTION policyd.reported(p_accounts text[], p_causes smallint[],
    p_allowed integer[], p_per_s integer[], p_times bigint[],
    p_last_ms bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE policyd.hit h
       SET times = h.times - r.times,
           first_seen = greatest(h.first_seen, least(h.last_seen,
               to_timestamp(r.last_ms / 1000.0)))
      FROM unnest(p_accounts, p_causes, p_allowed, p_per_s, p_times,
                  p_last_ms)
           AS r (account, cause, allowed, per_s, times, last_ms)
     WHERE h.account = r.account AND h.cause = r.cause
       AND h.allowed = r.allowed AND h.per_s = r.per_s;
    DELETE FROM policyd.hit h
     USING unnest(p_accounts) AS r (account)
     WHERE h.account = r.account AND h.times <= 0;
END
$$;

CREATE FUNCTION policyd.milliseconds(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM at) * 1000)::bigint
$$;

-- --- views, also for those who prefer psql -----------------------------------
--
-- All of them are of the logins that are kept (store.retention). A country
-- that is not known is '' and no country.

-- Who reached which limit or rate since the last report, and how often.
CREATE VIEW policyd.hits AS
SELECT account, policyd.cause_name(cause) AS reached, allowed, per_s, times,
       first_seen, last_seen
  FROM policyd.hit;

-- One row an account: mails, networks, countries.
CREATE VIEW policyd.stats_accounts AS
SELECT account, sum(mails)::bigint AS mails, count(*) AS networks,
       count(DISTINCT country) FILTER (WHERE country <> '') AS countries,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY account;

-- One row an account and country.
CREATE VIEW policyd.stats_account_countries AS
SELECT account, country, count(*) AS networks, sum(mails)::bigint AS mails,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY account, country;

-- One row a country.
CREATE VIEW policyd.stats_countries AS
SELECT country, count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks, sum(mails)::bigint AS mails,
       max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY country;

-- One row a network: many accounts behind one are a company, or a botnet.
CREATE VIEW policyd.stats_networks AS
SELECT network, max(country) AS country,
       count(DISTINCT account) AS accounts, sum(mails)::bigint AS mails,
       max(last_seen) AS last_seen
  FROM policyd.logins
 GROUP BY network;

-- One row a cause: blocks that hold, the last blocks that ended, and the
-- requests refused by them.
CREATE VIEW policyd.stats_blocks AS
SELECT policyd.cause_name(cause) AS cause,
       count(*) FILTER (WHERE ended_at IS NULL) AS holding,
       count(*) FILTER (WHERE ended_at IS NOT NULL) AS ended,
       sum(attempts)::bigint AS refused, max(began_at) AS last_seen
  FROM policyd.block
 GROUP BY cause;

-- One row: all of it.
CREATE VIEW policyd.stats_totals AS
SELECT count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks,
       count(DISTINCT country) FILTER (WHERE country <> '') AS countries,
       coalesce(sum(mails), 0)::bigint AS mails,
       (SELECT count(*) FROM policyd.block WHERE ended_at IS NULL)
           AS blocked,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM policyd.logins;
