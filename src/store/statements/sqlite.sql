-- sqlite.sql -- the statements of SQLite, beside those of pgsql.sql.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Both files have the same names with the same parameters. Times are
-- milliseconds since 1970; "now" comes from the program.

-- name: clock
-- now
SELECT ?1;

-- name: history_since
-- now; since when the store learns, now
SELECT coalesce(min(history_since), min(at)), ?1
  FROM schema_version WHERE version >= 8;

-- name: history_learned
-- since
UPDATE schema_version
   SET history_since = min(coalesce(history_since, at), at, ?1)
 WHERE version = 8;

-- name: blocks_held
-- after, now, most
SELECT account, cause, found, allowed, per_s, note, began_at,
       iif(until = 9223372036854775807, 0, until), coalesce(ended_at, 0),
       attempts, client, country
  FROM block
 WHERE ended_at IS NULL AND account > ?1 AND until > ?2
 ORDER BY account LIMIT ?3;

-- name: blocks_over
-- now, most: accounts
SELECT account FROM block WHERE ended_at IS NULL AND until <= ?1
 ORDER BY until LIMIT ?2;

-- name: block_last
-- account; as blocks_held
SELECT account, cause, found, allowed, per_s, note, began_at,
       iif(until = 9223372036854775807, 0, until), coalesce(ended_at, 0),
       attempts, client, country
  FROM block WHERE account = ?1;

-- name: logins_newest
-- account, most
SELECT network, country, first_seen, last_seen, mails, asn
  FROM logins WHERE account = ?1
 ORDER BY last_seen DESC, network_key(network) LIMIT ?2;

-- name: logins_in_all
-- account
SELECT count(*) FROM login WHERE account = ?1;

-- name: totals
-- now
SELECT (SELECT count(*) FROM block
         WHERE ended_at IS NULL AND until > ?1),
       (SELECT count(*) FROM override),
       count(*), coalesce(min(created_at), 0),
       count(*) FILTER (WHERE channel = 'mail'),
       min(created_at) FILTER (WHERE channel = 'mail'),
       count(*) FILTER (WHERE channel = 'account'),
       min(created_at) FILTER (WHERE channel = 'account'),
       count(*) FILTER (WHERE channel = 'exec'),
       min(created_at) FILTER (WHERE channel = 'exec'),
       count(*) FILTER (WHERE channel = 'webhook'),
       min(created_at) FILTER (WHERE channel = 'webhook'),
       count(*) FILTER (WHERE channel = 'report'),
       min(created_at) FILTER (WHERE channel = 'report')
  FROM outbox WHERE ended_at IS NULL;

-- name: audit_add
-- subject, now, actor, origin, action, detail
INSERT INTO audit (subject, at, actor, origin, action, detail)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: audit_forget
-- now: what is older than 400 days goes, a few rows at a time
DELETE FROM audit
 WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT 10)
   AND at < ?1 - 400 * 86400000;

-- name: audit_list
-- before (0: all), most
SELECT id, at, actor, origin, action, subject, detail
  FROM audit
 WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2;

-- name: outbox_add
-- account, now, channel, kind, event, recipients, seconds until it is due
INSERT INTO outbox (account, created_at, channel, kind, event, recipients,
                    next_try)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?2 + ?7 * 1000);

-- name: outbox_is_due
-- channel (NULL: all), now
SELECT 1 FROM outbox
 WHERE ended_at IS NULL AND next_try <= ?2
   AND (?1 IS NULL OR channel = ?1) LIMIT 1;

-- name: outbox_due
-- channel (NULL: all), now, most
SELECT id, channel, kind, account, event, recipients, created_at,
       attempts + 1
  FROM outbox
 WHERE ended_at IS NULL AND next_try <= ?2
   AND (?1 IS NULL OR channel = ?1)
 ORDER BY next_try, id LIMIT ?3;

-- name: outbox_lease
-- id, now, seconds: a row if it was still to be had
UPDATE outbox SET attempts = attempts + 1, next_try = ?2 + ?3 * 1000
 WHERE id = ?1 AND ended_at IS NULL AND next_try <= ?2
RETURNING 1;

-- name: outbox_end
-- id, now, error
UPDATE outbox SET ended_at = ?2, error = ?3
 WHERE id = ?1;

-- name: outbox_delay
-- id, now, seconds, 1 if the try does not count, recipients, error
UPDATE outbox SET next_try = ?2 + ?3 * 1000, attempts = attempts - ?4,
       recipients = ?5, error = ?6
 WHERE id = ?1;

-- name: turn_take
-- name, owner, now, seconds: a row if the turn is free or ours. A time further
-- off than ours was written before the clock was set back.
INSERT INTO turn AS t VALUES (?1, ?2, ?3 + ?4 * 1000)
ON CONFLICT (name) DO UPDATE
   SET owner = excluded.owner, until = excluded.until
 WHERE t.owner = excluded.owner OR t.until <= ?3 OR t.until > excluded.until
RETURNING 1;

-- name: turn_leave
-- name, owner
DELETE FROM turn WHERE name = ?1 AND owner = ?2;

-- name: hits
-- most
SELECT account, cause, allowed, per_s, times, first_seen, last_seen
  FROM hit
 ORDER BY times DESC, account, cause, allowed, per_s LIMIT ?1;

-- name: hits_reported
-- JSON: [[account, cause, allowed, per_s, times, last], ...]
UPDATE hit
   SET times = times - (r.value ->> 4),
       first_seen = max(first_seen, min(last_seen, r.value ->> 5))
  FROM json_each(?1) r
 WHERE account = r.value ->> 0 AND cause = r.value ->> 1
   AND allowed = r.value ->> 2 AND per_s = r.value ->> 3;

-- name: hits_forget
DELETE FROM hit WHERE times <= 0;

-- name: past_end
-- after, most: the last of the next so many accounts that have logins
SELECT account FROM (SELECT DISTINCT account FROM login
                      WHERE account > ?1 ORDER BY account LIMIT ?2)
 ORDER BY account DESC LIMIT 1;

-- name: past_logins
-- after, up to: all logins of these accounts
SELECT account, network, country, first_seen, last_seen, mails,
       evidence_since, asn
  FROM logins
 WHERE account > ?1 AND account <= ?2
 ORDER BY account, network_key(network);

-- name: overrides_among
-- JSON: accounts and domains; those that have one
SELECT account FROM override
 WHERE account IN (SELECT value FROM json_each(?1));

-- name: override_find
-- account
SELECT account, settings, comment, author, changed_at,
       coalesce(valid_until, 0), revision, position IS NOT NULL
  FROM override WHERE account = ?1;

-- name: overrides_after
-- after, most
SELECT account, settings, comment, author, changed_at,
       coalesce(valid_until, 0), revision, position IS NOT NULL
  FROM override WHERE account > ?1 ORDER BY account LIMIT ?2;

-- name: overrides_listed
-- most
SELECT account, settings, comment, author, changed_at,
       coalesce(valid_until, 0), revision, 1
  FROM override WHERE position IS NOT NULL
 ORDER BY position, account LIMIT ?1;

-- name: override_put
-- account, settings, comment, author, now, valid until (0: for ever), 1 if
-- listed (behind those that are: a place is a time), expected revision (-1:
-- any, 0: none)
INSERT INTO override AS o (account, settings, comment, author,
       changed_at, valid_until, position, revision)
SELECT ?1, ?2, ?3, ?4, ?5, nullif(?6, 0),
       iif(?7 = 1, ?5, NULL), 1
 WHERE ?8 <= 0 OR EXISTS (SELECT 1 FROM override WHERE account = ?1)
ON CONFLICT (account) DO UPDATE SET
       settings = excluded.settings, comment = excluded.comment,
       author = excluded.author, changed_at = excluded.changed_at,
       valid_until = excluded.valid_until,
       position = coalesce(o.position, excluded.position),
       revision = o.revision + 1
 WHERE ?8 = -1 OR o.revision = ?8
RETURNING revision;

-- name: override_delete
-- account, 1 if only one that is listed, expected revision
DELETE FROM override
 WHERE account = ?1 AND (position IS NOT NULL OR ?2 = 0)
   AND (?3 = -1 OR revision = ?3)
RETURNING revision;

-- name: overrides_lock
-- Nobody else changes any until the end of the transaction: it is so.
SELECT 1 WHERE 0;

-- name: overrides_revision
-- Another number after each change of them.
SELECT coalesce(max(id), 0) FROM news WHERE kind = 'overrides';

-- name: listed_delete
-- JSON: the accounts to keep
DELETE FROM override
 WHERE position IS NOT NULL
   AND account NOT IN (SELECT value FROM json_each(?1));

-- name: listed_changed
-- JSON as for listed_put: how many of these it would change
SELECT count(*)
  FROM json_each(?1) r LEFT JOIN override o ON o.account = r.value ->> 0
 WHERE o.account IS NULL
    OR (o.settings, o.comment, o.position) IS NOT
       (iif(o.settings -> '$.rates' IS NOT NULL,
            json_set(r.value -> 1, '$.rates',
                     json(o.settings -> '$.rates')),
            json_remove(r.value -> 1, '$.rates')),
        r.value ->> 2, r.value ->> 3);

-- name: listed_count
SELECT count(*) FROM override WHERE position IS NOT NULL;

-- name: listed_put
-- JSON: [[account, settings, comment, place], ...], author, now. Rates, which
-- these lists cannot say, stay what they were.
INSERT INTO override AS o (account, settings, comment, author,
       changed_at, position, revision)
SELECT r.value ->> 0, r.value -> 1, r.value ->> 2, ?2, ?3, r.value ->> 3, 1
  FROM json_each(?1) r WHERE true
ON CONFLICT (account) DO UPDATE SET
       settings = iif(o.settings -> '$.rates' IS NOT NULL,
           json_set(excluded.settings, '$.rates',
                    json(o.settings -> '$.rates')),
           json_remove(excluded.settings, '$.rates')),
       comment = excluded.comment, author = excluded.author,
       changed_at = excluded.changed_at, position = excluded.position,
       revision = o.revision + 1
 WHERE (o.settings, o.comment, o.position) IS NOT
       (iif(o.settings -> '$.rates' IS NOT NULL,
            json_set(excluded.settings, '$.rates',
                     json(o.settings -> '$.rates')),
            json_remove(excluded.settings, '$.rates')),
        excluded.comment, excluded.position);

-- name: save_accounts
-- after, most
SELECT account, evidence_since FROM account
 WHERE account > ?1 ORDER BY account LIMIT ?2;

-- name: save_histories
-- after, most: account, its last mail, its history in hex
SELECT account, last_seen, hex(history) FROM account
 WHERE account > ?1 AND history IS NOT NULL ORDER BY account LIMIT ?2;

-- name: save_blocks
-- after, up to: the last blocks of these accounts
SELECT account, cause, found, allowed, per_s, note, began_at,
       iif(until = 9223372036854775807, 0, until), coalesce(ended_at, 0),
       attempts, client, country
  FROM block WHERE account > ?1 AND account <= ?2 ORDER BY account;

-- name: save_logins
-- account and network after which it goes on, most
SELECT account, network, country, first_seen, last_seen, mails, asn
  FROM logins
 WHERE (account, network) > (?1, ?2)
 ORDER BY account, network LIMIT ?3;

-- name: decisions_add
-- host, now, JSON: [[seconds ago, passed, ..., as the columns go on], ...]
INSERT INTO decisions AS d (span, began, host,
       passed, exempt, blocked, over_limit, over_rate, deferred, errors, us,
       took_250us, took_500us, took_1ms, took_2500us, took_5ms, took_10ms,
       took_25ms, took_100ms, took_500ms, took_1s, took_2500ms, took_longer)
SELECT span, (?2 - (r.value ->> 0) * 1000) / (span * 1000) * span * 1000, ?1,
       sum(r.value ->> 1), sum(r.value ->> 2), sum(r.value ->> 3),
       sum(r.value ->> 4), sum(r.value ->> 5), sum(r.value ->> 6),
       sum(r.value ->> 7), sum(r.value ->> 8), sum(r.value ->> 9),
       sum(r.value ->> 10), sum(r.value ->> 11), sum(r.value ->> 12),
       sum(r.value ->> 13), sum(r.value ->> 14), sum(r.value ->> 15),
       sum(r.value ->> 16), sum(r.value ->> 17), sum(r.value ->> 18),
       sum(r.value ->> 19), sum(r.value ->> 20)
  FROM json_each(?3) r,
       (SELECT 60 AS span UNION ALL SELECT 3600 UNION ALL SELECT 86400)
 WHERE true GROUP BY 1, 2
ON CONFLICT (span, began, host) DO UPDATE SET
       passed = d.passed + excluded.passed,
       exempt = d.exempt + excluded.exempt,
       blocked = d.blocked + excluded.blocked,
       over_limit = d.over_limit + excluded.over_limit,
       over_rate = d.over_rate + excluded.over_rate,
       deferred = d.deferred + excluded.deferred,
       errors = d.errors + excluded.errors, us = d.us + excluded.us,
       took_250us = d.took_250us + excluded.took_250us,
       took_500us = d.took_500us + excluded.took_500us,
       took_1ms = d.took_1ms + excluded.took_1ms,
       took_2500us = d.took_2500us + excluded.took_2500us,
       took_5ms = d.took_5ms + excluded.took_5ms,
       took_10ms = d.took_10ms + excluded.took_10ms,
       took_25ms = d.took_25ms + excluded.took_25ms,
       took_100ms = d.took_100ms + excluded.took_100ms,
       took_500ms = d.took_500ms + excluded.took_500ms,
       took_1s = d.took_1s + excluded.took_1s,
       took_2500ms = d.took_2500ms + excluded.took_2500ms,
       took_longer = d.took_longer + excluded.took_longer;

-- name: decisions_forget
-- now: buckets that are too old, and those of a clock that was set back
DELETE FROM decisions
 WHERE (span = 60 AND began < ?1 - 25 * 3600000)
    OR (span = 3600 AND began < ?1 - 31 * 86400000)
    OR (span = 86400 AND began < ?1 - 400 * 86400000)
    OR (span = 60 AND began > ?1 + 86400000)
    OR (span = 3600 AND began > ?1 + 86400000)
    OR (span = 86400 AND began > ?1 + 86400000);

-- name: decisions_of
-- span of the buckets, seconds of one row, now, seconds before it: all hosts
SELECT began / (?2 * 1000) * ?2 * 1000 AS at,
       sum(passed), sum(exempt), sum(blocked), sum(over_limit),
       sum(over_rate), sum(deferred), sum(errors), sum(us), sum(took_250us),
       sum(took_500us), sum(took_1ms), sum(took_2500us), sum(took_5ms),
       sum(took_10ms), sum(took_25ms), sum(took_100ms), sum(took_500ms),
       sum(took_1s), sum(took_2500ms), sum(took_longer)
  FROM decisions
 WHERE span = ?1 AND began <= ?3 AND began > ?3 - ?4 * 1000
 GROUP BY 1 ORDER BY 1;

-- name: host_seen
-- host, now, version, state
INSERT INTO host AS h (host, seen, version, state)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (host) DO UPDATE SET seen = excluded.seen,
       version = excluded.version, state = excluded.state;

-- name: hosts_forget
-- now
DELETE FROM host WHERE seen < ?1 - 30 * 86400000;

-- name: hosts_all
-- most
SELECT host, seen, version, state FROM host ORDER BY host LIMIT ?1;

-- name: load_accounts
-- rows: a JSON array of arrays, see copy_saved.c
INSERT INTO account (account, evidence_since)
SELECT r.value ->> 0, r.value ->> 1 FROM json_each(?1) r
 WHERE true
    ON CONFLICT DO UPDATE SET
       evidence_since = max(evidence_since, excluded.evidence_since),
       version = version + 1, complete_since = 9223372036854775807;

-- name: load_blocks
-- the same: their blocks, unless a newer one is there
INSERT INTO block
SELECT r.value ->> 0, r.value ->> 2, r.value ->> 3,
       r.value ->> 4, r.value ->> 5, r.value ->> 6,
       r.value ->> 7, iif(r.value ->> 8 = 0, 9223372036854775807,
                                r.value ->> 8),
       nullif(r.value ->> 9, 0), r.value ->> 10,
       r.value ->> 11, r.value ->> 12
  FROM json_each(?1) r WHERE json_array_length(r.value) > 2
    ON CONFLICT DO UPDATE SET cause = excluded.cause, found = excluded.found,
       allowed = excluded.allowed, per_s = excluded.per_s,
       note = excluded.note, began_at = excluded.began_at,
       until = excluded.until, ended_at = excluded.ended_at,
       attempts = excluded.attempts, client = excluded.client,
       country = excluded.country
 WHERE began_at < excluded.began_at;

-- name: load_held
-- the same: who is blocked by what is there now
UPDATE account SET blocked_until = iif(b.ended_at IS NULL, b.until, NULL)
  FROM json_each(?1) r, block b
 WHERE json_array_length(r.value) > 2 AND account.account = r.value ->> 0
   AND b.account = account.account;

-- name: load_logins
-- rows: a JSON array of arrays, see copy_saved.c
INSERT INTO login (account, network, country, first_seen, last_seen, mails,
                   asn)
SELECT r.value ->> 0, r.value ->> 1, r.value ->> 2,
       r.value ->> 3, r.value ->> 4, r.value ->> 5,
       r.value ->> 6
  FROM json_each(?1) r WHERE true
    ON CONFLICT DO UPDATE SET
       country = iif(last_seen < excluded.last_seen, excluded.country,
                     country),
       asn = iif(last_seen < excluded.last_seen, excluded.asn, asn),
       first_seen = min(first_seen, excluded.first_seen),
       last_seen = max(last_seen, excluded.last_seen),
       mails = max(mails, excluded.mails);

-- name: load_recount
-- the same: their accounts' rows have not all logins any more
UPDATE account SET version = version + 1, complete_since = 9223372036854775807
 WHERE account IN (SELECT r.value ->> 0 FROM json_each(?1) r);

-- name: memory_for
-- milliseconds
UPDATE revision SET revision = ?1 WHERE of = 'memory' AND revision < ?1;

-- name: blocks_found
-- now; part of the account, domain, country ("": all), cause (0: all), since;
-- order, see store/search.h; key and account after which it goes on,
-- most. As blocks_held, then the key.
SELECT account, cause, found, allowed, per_s, note, began_at,
       iif(until = 9223372036854775807, 0, until), coalesce(ended_at, 0),
       attempts, client, country, key
  FROM (SELECT *, CASE ?7 WHEN 1 THEN -began_at WHEN 2 THEN began_at
               WHEN 3 THEN min(until, 9000000000000000)
               WHEN 4 THEN -attempts WHEN 5 THEN cause
               WHEN 6 THEN coalesce(unicode(country) * 256
                                    + unicode(substr(country, 2)), 0)
               ELSE 0 END AS key
          FROM block
         WHERE ended_at IS NULL AND until > ?1
           AND (?2 = '' OR instr(account, ?2) > 0)
           AND (?3 = '' OR substr(account, -length(?3) - 1) = '@' || ?3)
           AND (?4 = '' OR country = ?4)
           AND (?5 = 0 OR cause = ?5)
           AND began_at >= ?6)
 WHERE (key, account) > (?8, ?9)
 ORDER BY key, account LIMIT ?10;

-- name: blocks_counted
-- now and what is searched, as blocks_found: how many there are
SELECT count(*) FROM block
 WHERE ended_at IS NULL AND until > ?1
   AND (?2 = '' OR instr(account, ?2) > 0)
   AND (?3 = '' OR substr(account, -length(?3) - 1) = '@' || ?3)
   AND (?4 = '' OR country = ?4)
   AND (?5 = 0 OR cause = ?5)
   AND began_at >= ?6;

-- name: blocks_by_cause
-- now
SELECT cause, count(*) FROM block WHERE ended_at IS NULL AND until > ?1
 GROUP BY cause ORDER BY 2 DESC, cause;

-- name: blocks_by_country
-- now
SELECT country, count(*) FROM block WHERE ended_at IS NULL AND until > ?1
 GROUP BY country ORDER BY 2 DESC, country;

-- name: countries_seen
-- now, seconds: accounts and networks that logged in lately
SELECT country, count(DISTINCT account), count(DISTINCT network)
  FROM login WHERE last_seen > ?1 - ?2 * 1000
 GROUP BY country ORDER BY country;

-- name: countries_blocked
-- now, seconds: accounts that were blocked lately, whether it holds or not
SELECT country, count(*) FROM block WHERE began_at > ?1 - ?2 * 1000
 GROUP BY country ORDER BY country;

-- name: country_accounts
-- country, now, seconds, most: who logged in there lately
SELECT account, count(*), max(last_seen) FROM login
 WHERE country = ?1 AND last_seen > ?2 - ?3 * 1000
 GROUP BY account ORDER BY max(last_seen) DESC, account LIMIT ?4;

-- name: country_blocks
-- country, now, seconds, most: as blocks_held, whether they hold or not
SELECT account, cause, found, allowed, per_s, note, began_at,
       iif(until = 9223372036854775807, 0, until), coalesce(ended_at, 0),
       attempts, client, country
  FROM block
 WHERE country = ?1 AND began_at > ?2 - ?3 * 1000
 ORDER BY began_at DESC, account LIMIT ?4;

-- name: overrides_found
-- after, part of the account or of the comment, most
SELECT account, settings, comment, author, changed_at,
       coalesce(valid_until, 0), revision, position IS NOT NULL
  FROM override
 WHERE account > ?1 AND (instr(account, ?2) > 0
                         OR instr(lower(comment), lower(?2)) > 0)
 ORDER BY account LIMIT ?3;

-- name: audit_found
-- before (0: all), part of actor, action or subject, most
SELECT id, at, actor, origin, action, subject, detail
  FROM audit
 WHERE (?1 = 0 OR id < ?1)
   AND instr(lower(actor || ' ' || action || ' ' || subject), lower(?2)) > 0
 ORDER BY id DESC LIMIT ?3;

-- name: mode_take
-- host, mode, 1 to carry over what was counted in observe, now. A host without
-- a row is what the host was that spoke last.
INSERT INTO mode (host, mode, since, taken_at, first_at)
SELECT ?1, ?2, iif(?2 = 'enforce' AND ?3 = 0 AND (
           SELECT b.mode FROM mode b
            ORDER BY b.host = ?1 DESC, b.taken_at DESC LIMIT 1) = 'observe',
           -- What comes within this millisecond counts.
           ?4 - 1, 0), ?4, ?4
 WHERE true
ON CONFLICT (host) DO UPDATE
   SET mode = excluded.mode, taken_at = excluded.taken_at,
       since = max(since, excluded.since);

-- name: mode_clamp
-- now: no time lies ahead of it
UPDATE mode SET since = ?1 WHERE since > ?1;

-- name: mode_since
-- now: when enforcing began, and since when attempts are kept
SELECT coalesce(min(max(since), ?1), 0), coalesce(min(first_at), 0) FROM mode;

-- name: would_put
-- JSON: [[account, cause, found, allowed, per_s, milliseconds ago, seconds,
-- client, country], ...], now
INSERT INTO would (account, cause, found, allowed, per_s, began_at, until,
       last_seen, client, country)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
       ?2 - (value ->> 5), iif(value ->> 6 = 0, 9223372036854775807,
           ?2 - (value ->> 5) + (value ->> 6) * 1000),
       ?2 - (value ->> 5), value ->> 7, value ->> 8
  FROM json_each(?1) WHERE true
ON CONFLICT (account) DO UPDATE SET last_seen = excluded.last_seen;

-- name: would_forget
-- now
DELETE FROM would WHERE until <= ?1;

-- name: would_clear
-- now
DELETE FROM would WHERE began_at <= ?1;

-- name: would_held
-- after, now, most: as blocks_held
SELECT account, cause, found, allowed, per_s, '', began_at,
       iif(until = 9223372036854775807, 0, until), 0, 0, client, country
  FROM would WHERE account > ?1 AND until > ?2 ORDER BY account LIMIT ?3;

-- name: would_count
-- now
SELECT count(*) FROM would WHERE until > ?1;

-- name: attempts_put
-- JSON: [[account, network, country, autonomous system, milliseconds ago],
-- ...], now
INSERT INTO attempt (account, network, country, asn, first_seen, last_seen)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,
       ?2 - (value ->> 4), ?2 - (value ->> 4)
  FROM json_each(?1) WHERE true
ON CONFLICT (account, network) DO UPDATE
   SET country = excluded.country, asn = excluded.asn,
       first_seen = min(first_seen, excluded.first_seen),
       last_seen = max(last_seen, excluded.last_seen);

-- name: attempts_trim
-- JSON as above, most: of these accounts the newest networks stay
DELETE FROM attempt WHERE (account, network) IN (
    SELECT account, network FROM (
        SELECT account, network, row_number() OVER (PARTITION BY account
                   ORDER BY last_seen DESC, network) AS place
          FROM attempt
         WHERE account IN (SELECT value ->> 0 FROM json_each(?1)))
     WHERE place > ?2);

-- name: attempts_forget
-- now, seconds, most: those older than that
DELETE FROM attempt WHERE (account, network) IN (
    SELECT account, network FROM attempt
     WHERE last_seen < ?1 - ?2 * 1000 ORDER BY last_seen LIMIT ?3);

-- name: attempts_of
-- account, most: as logins_newest
SELECT network, country, first_seen, last_seen, 0, asn
  FROM attempt WHERE account = ?1
 ORDER BY last_seen DESC, network_key(network) LIMIT ?2;

-- name: past_attempts
-- after, up to: all of these accounts, as past_logins
SELECT account, network, country, first_seen, last_seen, 0, 0, asn
  FROM attempt WHERE account > ?1 AND account <= ?2
 ORDER BY account, network_key(network);

-- name: forget_account
-- account: its row; how many rows, here and below
DELETE FROM account WHERE account = ?1 RETURNING 1;

-- name: forget_logins
-- account
DELETE FROM login WHERE account = ?1 RETURNING 1;

-- name: forget_news
-- account
DELETE FROM news WHERE account = ?1 RETURNING 0;

-- name: forget_told
-- account: servers forget what they have in memory
INSERT INTO news (kind, account) VALUES ('unblock', ?1) RETURNING 0;

-- name: forget_block
-- account
DELETE FROM block WHERE account = ?1 RETURNING 1;

-- name: forget_hits
-- account
DELETE FROM hit WHERE account = ?1 RETURNING 1;

-- name: forget_would
-- account
DELETE FROM would WHERE account = ?1 RETURNING 1;

-- name: forget_attempts
-- account
DELETE FROM attempt WHERE account = ?1 RETURNING 1;

-- name: forget_outbox
-- account
DELETE FROM outbox WHERE account = ?1 RETURNING 1;

-- name: forget_details
-- account
UPDATE audit SET detail = '{}' WHERE subject = ?1 AND detail <> '{}'
RETURNING 1;
