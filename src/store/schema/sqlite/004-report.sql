-- 004-report.sql -- turns, and views for the sqlite3 shell.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Whose turn it is to do what only one may do at a time. A turn that nobody
-- renews is over in time.
CREATE TABLE turn (
    name   TEXT PRIMARY KEY,            -- clean, report
    owner  TEXT NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- --- views, also for those who prefer the sqlite3 shell ----------------------
--
-- All of them are of the logins that are kept (store.retention). A country
-- that is not known is '' and no country.

-- Who reached which limit or rate since the last report, and how often.
CREATE VIEW hits AS
SELECT h.account, c.name AS reached, h.allowed, h.per_s, h.times,
       h.first_seen, h.last_seen
  FROM hit h JOIN cause c ON c.cause = h.cause;

-- One row an account: mails, networks, countries.
CREATE VIEW stats_accounts AS
SELECT account, sum(mails) AS mails, count(*) AS networks,
       count(DISTINCT nullif(country, '')) AS countries,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins
 GROUP BY account;

-- One row an account and country.
CREATE VIEW stats_account_countries AS
SELECT account, country, count(*) AS networks, sum(mails) AS mails,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins
 GROUP BY account, country;

-- One row a country.
CREATE VIEW stats_countries AS
SELECT country, count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks, sum(mails) AS mails,
       max(last_seen) AS last_seen
  FROM logins
 GROUP BY country;

-- One row a network: many accounts behind one are a company, or a botnet.
CREATE VIEW stats_networks AS
SELECT network, max(country) AS country,
       count(DISTINCT account) AS accounts, sum(mails) AS mails,
       max(last_seen) AS last_seen
  FROM logins
 GROUP BY network;

-- One row a cause: blocks that hold, the last blocks that ended, and the
-- requests refused by them.
CREATE VIEW stats_blocks AS
SELECT c.name AS cause, count(*) FILTER (WHERE b.ended_at IS NULL) AS holding,
       count(*) FILTER (WHERE b.ended_at IS NOT NULL) AS ended,
       sum(b.attempts) AS refused, max(b.began_at) AS last_seen
  FROM block b JOIN cause c ON c.cause = b.cause
 GROUP BY c.name;

-- One row: all of it.
CREATE VIEW stats_totals AS
SELECT count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks,
       count(DISTINCT nullif(country, '')) AS countries,
       coalesce(sum(mails), 0) AS mails,
       (SELECT count(*) FROM block WHERE ended_at IS NULL) AS blocked,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins;
