-- views.sql -- how what is stored is shown; also for the sqlite3 shell.
-- SPDX-License-Identifier: GPL-3.0-or-later

DELETE FROM cause;
INSERT INTO cause VALUES
    (1, 'countries'), (2, 'networks'), (3, 'home countries'),
    (4, 'home networks'), (5, 'outside the allowed countries'),
    (6, 'outside the allowed networks'), (7, 'rate'), (8, 'manual'),
    (9, 'autonomous systems'), (10, 'autonomous systems at home'),
    (11, 'new countries'),
    (12, 'new networks in an hour'),
    (13, 'new networks in a day'),
    (14, 'mails in an hour'),
    (15, 'mails in a day'),
    (16, 'mails in an hour from networks first used lately'),
    (17, 'mails in a day from networks first used lately'),
    (18, 'days with mail deferred'),
    (19, 'spans of 5 minutes with mail deferred'),
    (20, 'mails in an hour from networks never used before'),
    (21, 'mails in a day from networks never used before'),
    (22, 'mails in a week from networks first used lately'),
    (23, 'mails deferred in an hour');

-- A program that cannot read the history that is stored, of a format to come
-- (store/history_bytes.c), must not put its own there: nor one of before, whose
-- statements do not see to it.
DROP TRIGGER IF EXISTS history_kept;
CREATE TRIGGER history_kept AFTER UPDATE OF history ON account
WHEN substr(NEW.history, 1, 1) < substr(OLD.history, 1, 1)
BEGIN
    UPDATE account SET history = OLD.history WHERE account = NEW.account;
END;

-- Logins with what is still pending in the account row: read this one.
DROP VIEW IF EXISTS logins;
CREATE VIEW logins AS
SELECT l.account, l.network, l.country, l.first_seen,
       max(l.last_seen, iif(l.at > 0, CAST(
           substr(l.places, l.at + length(l.network) + 16, 13) AS INTEGER), 0))
           AS last_seen,
       l.mails + iif(l.at > 0, CAST(
           substr(l.places, l.at + length(l.network) + 44, 10) AS INTEGER), 0)
           AS mails,
       l.evidence_since, l.asn
  FROM (SELECT x.*, coalesce(a.evidence_since, 0) AS evidence_since,
               char(10) || a.places AS places,
               instr(char(10) || a.places,
                     char(10) || x.network || ' ') AS at
          FROM login x LEFT JOIN account a ON a.account = x.account) l;

-- All of them are of the logins that are kept (store.retention). A country
-- that is not known is '' and no country.

-- Who reached which limit or rate since the last report, and how often.
DROP VIEW IF EXISTS hits;
CREATE VIEW hits AS
SELECT h.account, c.name AS reached, h.allowed, h.per_s, h.times,
       h.first_seen, h.last_seen
  FROM hit h JOIN cause c ON c.cause = h.cause;

-- One row an account: mails, networks, countries, autonomous systems.
DROP VIEW IF EXISTS stats_accounts;
CREATE VIEW stats_accounts AS
SELECT account, sum(mails) AS mails, count(*) AS networks,
       count(DISTINCT nullif(country, '')) AS countries,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen,
       count(DISTINCT nullif(asn, 0)) AS asns
  FROM logins
 GROUP BY account;

-- One row an account and country.
DROP VIEW IF EXISTS stats_account_countries;
CREATE VIEW stats_account_countries AS
SELECT account, country, count(*) AS networks, sum(mails) AS mails,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins
 GROUP BY account, country;

-- One row a country.
DROP VIEW IF EXISTS stats_countries;
CREATE VIEW stats_countries AS
SELECT country, count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks, sum(mails) AS mails,
       max(last_seen) AS last_seen
  FROM logins
 GROUP BY country;

-- One row a network: many accounts behind one are a company, or a botnet.
DROP VIEW IF EXISTS stats_networks;
CREATE VIEW stats_networks AS
SELECT network, max(country) AS country,
       count(DISTINCT account) AS accounts, sum(mails) AS mails,
       max(last_seen) AS last_seen
  FROM logins
 GROUP BY network;

-- One row a cause: blocks that hold, the last blocks that ended, and the
-- requests refused by them.
DROP VIEW IF EXISTS stats_blocks;
CREATE VIEW stats_blocks AS
SELECT c.name AS cause, count(*) FILTER (WHERE b.ended_at IS NULL) AS holding,
       count(*) FILTER (WHERE b.ended_at IS NOT NULL) AS ended,
       sum(b.attempts) AS refused, max(b.began_at) AS last_seen
  FROM block b JOIN cause c ON c.cause = b.cause
 GROUP BY c.name;

-- One row: all of it.
DROP VIEW IF EXISTS stats_totals;
CREATE VIEW stats_totals AS
SELECT count(DISTINCT account) AS accounts,
       count(DISTINCT network) AS networks,
       count(DISTINCT nullif(country, '')) AS countries,
       coalesce(sum(mails), 0) AS mails,
       (SELECT count(*) FROM block WHERE ended_at IS NULL) AS blocked,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins;
