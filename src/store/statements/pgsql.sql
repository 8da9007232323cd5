-- pgsql.sql -- the statements of PostgreSQL, beside those of sqlite.sql.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Both files have the same names with the same parameters. Times are
-- milliseconds since 1970; policyd.moment() makes its server's clock of NULL.

-- name: clock
-- now
SELECT policyd.ms(policyd.moment($1));

-- name: history_since
-- now; since when the store learns, now
SELECT policyd.ms(coalesce(min(history_since), min(at))),
       policyd.ms(policyd.moment($1))
  FROM policyd.schema_version WHERE version >= 8;

-- name: history_learned
-- since
UPDATE policyd.schema_version
   SET history_since = least(history_since, at, policyd.moment($1))
 WHERE version = 8;

-- name: blocks_held
-- after, now, most
SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
       policyd.ms(until), policyd.ms(ended_at), attempts,
       coalesce(host(client), ''), country
  FROM policyd.block
 WHERE ended_at IS NULL AND account > $1 AND until > policyd.moment($2)
 ORDER BY account LIMIT $3;

-- name: blocks_over
-- now, most: accounts
SELECT account FROM policyd.block
 WHERE ended_at IS NULL AND until <= policyd.moment($1)
 ORDER BY until LIMIT $2;

-- name: block_last
-- account; as blocks_held
SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
       policyd.ms(until), policyd.ms(ended_at), attempts,
       coalesce(host(client), ''), country
  FROM policyd.block WHERE account = $1;

-- name: logins_newest
-- account, most
SELECT network, country, policyd.ms(first_seen), policyd.ms(last_seen), mails,
       asn
  FROM policyd.logins WHERE account = $1
 ORDER BY last_seen DESC, network LIMIT $2;

-- name: logins_in_all
-- account
SELECT count(*) FROM policyd.login WHERE account = $1;

-- name: totals
-- now
SELECT (SELECT count(*) FROM policyd.block
         WHERE ended_at IS NULL AND until > policyd.moment($1)),
       (SELECT count(*) FROM policyd.override),
       count(*), policyd.ms(min(created_at)),
       count(*) FILTER (WHERE channel = 'mail'),
       policyd.ms(min(created_at) FILTER (WHERE channel = 'mail')),
       count(*) FILTER (WHERE channel = 'account'),
       policyd.ms(min(created_at) FILTER (WHERE channel = 'account')),
       count(*) FILTER (WHERE channel = 'exec'),
       policyd.ms(min(created_at) FILTER (WHERE channel = 'exec')),
       count(*) FILTER (WHERE channel = 'webhook'),
       policyd.ms(min(created_at) FILTER (WHERE channel = 'webhook')),
       count(*) FILTER (WHERE channel = 'report'),
       policyd.ms(min(created_at) FILTER (WHERE channel = 'report'))
  FROM policyd.outbox WHERE ended_at IS NULL;

-- name: audit_add
-- now, actor, origin, action, subject, detail
INSERT INTO policyd.audit (at, actor, origin, action, subject, detail)
VALUES (policyd.moment($1), $2, $3, $4, $5, $6::jsonb);

-- name: audit_forget
-- now: what is older than 400 days goes, a few rows at a time
DELETE FROM policyd.audit
 WHERE id IN (SELECT id FROM policyd.audit ORDER BY id LIMIT 10)
   AND at < policyd.moment($1) - interval '400 days';

-- name: audit_list
-- before (0: all), most
SELECT id, policyd.ms(at), actor, origin, action, subject, detail
  FROM policyd.audit
 WHERE $1::bigint = 0 OR id < $1 ORDER BY id DESC LIMIT $2;

-- name: outbox_add
-- now, channel, kind, account, event, recipients, seconds until it is due
INSERT INTO policyd.outbox (created_at, channel, kind, account, event,
                            recipients, next_try)
VALUES (policyd.moment($1), $2, $3, $4, $5::jsonb, $6,
        policyd.moment($1) + make_interval(secs => $7));

-- name: outbox_is_due
-- channel (NULL: all), now
SELECT 1 FROM policyd.outbox
 WHERE ended_at IS NULL AND next_try <= policyd.moment($2)
   AND ($1::text IS NULL OR channel = $1) LIMIT 1;

-- name: outbox_due
-- channel (NULL: all), now, most. Two servers never wait for, nor take, the
-- same.
SELECT id, channel, kind, account, event, recipients, policyd.ms(created_at),
       attempts + 1
  FROM policyd.outbox
 WHERE ended_at IS NULL AND next_try <= policyd.moment($2)
   AND ($1::text IS NULL OR channel = $1)
 ORDER BY next_try, id LIMIT $3 FOR UPDATE SKIP LOCKED;

-- name: outbox_lease
-- id, now, seconds
UPDATE policyd.outbox SET attempts = attempts + 1,
       next_try = policyd.moment($2) + make_interval(secs => $3)
 WHERE id = $1;

-- name: outbox_end
-- id, now, error
UPDATE policyd.outbox SET ended_at = policyd.moment($2), error = $3
 WHERE id = $1;

-- name: outbox_delay
-- id, now, seconds, 1 if the try does not count, recipients, error
UPDATE policyd.outbox SET
       next_try = policyd.moment($2) + make_interval(secs => $3),
       attempts = attempts - $4, recipients = $5, error = $6
 WHERE id = $1;

-- name: turn_take
-- name, owner, now, seconds: a row if the turn is free or ours. A time further
-- off than ours was written before the clock was set back.
INSERT INTO policyd.turn AS t
VALUES ($1, $2, policyd.moment($3) + make_interval(secs => $4))
ON CONFLICT (name) DO UPDATE
   SET owner = excluded.owner, until = excluded.until
 WHERE t.owner = excluded.owner OR t.until <= policyd.moment($3)
    OR t.until > excluded.until
RETURNING 1;

-- name: turn_leave
-- name, owner
DELETE FROM policyd.turn WHERE name = $1 AND owner = $2;

-- name: hits
-- most
SELECT account, cause, allowed, per_s, times, policyd.ms(first_seen),
       policyd.ms(last_seen)
  FROM policyd.hit
 ORDER BY times DESC, account, cause, allowed, per_s LIMIT $1;

-- name: hits_reported
-- JSON: [[account, cause, allowed, per_s, times, last], ...]
UPDATE policyd.hit h
   SET times = h.times - (r ->> 4)::bigint,
       first_seen = greatest(h.first_seen, least(h.last_seen,
           policyd.at_ms((r ->> 5)::bigint)))
  FROM jsonb_array_elements($1::jsonb) r
 WHERE h.account = r ->> 0 AND h.cause = (r ->> 1)::integer
   AND h.allowed = (r ->> 2)::integer AND h.per_s = (r ->> 3)::integer;

-- name: hits_forget
DELETE FROM policyd.hit WHERE times <= 0;

-- name: past_end
-- after, most: the last of the next so many accounts that have logins
SELECT account FROM (SELECT DISTINCT account FROM policyd.login
                      WHERE account > $1 ORDER BY account LIMIT $2) page
 ORDER BY account DESC LIMIT 1;

-- name: past_logins
-- after, up to: all logins of these accounts
SELECT account, network, country, policyd.ms(first_seen),
       policyd.ms(last_seen), mails, policyd.ms(evidence_since), asn
  FROM policyd.logins
 WHERE account > $1 AND account <= $2 ORDER BY account, network;

-- name: overrides_among
-- JSON: accounts and domains; those that have one
SELECT account FROM policyd.override
 WHERE account = ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)));

-- name: override_find
-- account
SELECT account, settings, comment, author, policyd.ms(changed_at),
       policyd.ms(valid_until), revision, (position IS NOT NULL)::integer
  FROM policyd.override WHERE account = $1;

-- name: overrides_after
-- after, most
SELECT account, settings, comment, author, policyd.ms(changed_at),
       policyd.ms(valid_until), revision, (position IS NOT NULL)::integer
  FROM policyd.override WHERE account > $1 ORDER BY account LIMIT $2;

-- name: overrides_listed
-- most
SELECT account, settings, comment, author, policyd.ms(changed_at),
       policyd.ms(valid_until), revision, 1
  FROM policyd.override WHERE position IS NOT NULL
 ORDER BY position, account LIMIT $1;

-- name: override_put
-- account, settings, comment, author, now, valid until (0: for ever), 1 if
-- listed, expected revision (-1: any, 0: none)
INSERT INTO policyd.override AS o (account, settings, comment, author,
       changed_at, valid_until, position, revision)
SELECT $1, $2::jsonb, $3, $4, policyd.moment($5), policyd.at_ms($6),
       CASE WHEN $7::integer = 1 THEN (SELECT coalesce(max(position), 0) + 1
                                         FROM policyd.override) END, 1
 WHERE $8::bigint <= 0
    OR EXISTS (SELECT FROM policyd.override WHERE account = $1)
ON CONFLICT (account) DO UPDATE SET
       settings = excluded.settings, comment = excluded.comment,
       author = excluded.author, changed_at = excluded.changed_at,
       valid_until = excluded.valid_until,
       position = coalesce(o.position, excluded.position),
       revision = o.revision + 1
 WHERE $8 = -1 OR o.revision = $8
RETURNING revision;

-- name: override_delete
-- account, 1 if only one that is listed, expected revision
DELETE FROM policyd.override
 WHERE account = $1 AND (position IS NOT NULL OR $2::integer = 0)
   AND ($3::bigint = -1 OR revision = $3)
RETURNING revision;

-- name: overrides_lock
-- Nobody else changes any until the end of the transaction.
LOCK TABLE policyd.override IN SHARE ROW EXCLUSIVE MODE;

-- name: listed_delete
-- JSON: the accounts to keep
DELETE FROM policyd.override
 WHERE position IS NOT NULL
   AND account NOT IN (SELECT jsonb_array_elements_text($1::jsonb));

-- name: listed_clear
UPDATE policyd.override SET position = NULL WHERE position IS NOT NULL;

-- name: listed_put
-- JSON: [[account, settings, comment], ...], author, now. Rates, which these
-- lists cannot say, stay what they were.
INSERT INTO policyd.override AS o (account, settings, comment, author,
       changed_at, position, revision)
SELECT r ->> 0, r -> 1, r ->> 2, $2, policyd.moment($3), n, 1
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS e (r, n)
ON CONFLICT (account) DO UPDATE SET
       settings = CASE WHEN o.settings ? 'rates'
           THEN jsonb_set(excluded.settings, '{rates}', o.settings -> 'rates')
           ELSE excluded.settings - 'rates' END,
       comment = excluded.comment, author = excluded.author,
       changed_at = excluded.changed_at, position = excluded.position,
       revision = o.revision + 1;

-- name: save_accounts
-- after, most
SELECT account, policyd.ms(evidence_since) FROM policyd.account
 WHERE account > $1 ORDER BY account LIMIT $2;

-- name: save_blocks
-- after, up to: the last blocks of these accounts
SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
       policyd.ms(until), policyd.ms(ended_at), attempts,
       coalesce(host(client), ''), country
  FROM policyd.block WHERE account > $1 AND account <= $2 ORDER BY account;

-- name: save_logins
-- account and network after which it goes on, most
SELECT account, network, country, policyd.ms(first_seen),
       policyd.ms(last_seen), mails, asn
  FROM policyd.logins
 WHERE (account, network) > ($1, coalesce(nullif($2, ''), '0.0.0.0/0')::cidr)
 ORDER BY account, network LIMIT $3;

-- name: decisions_add
-- host, now, JSON: [[seconds ago, passed, ..., as the columns go on], ...]
INSERT INTO policyd.decisions AS d (span, began, host,
       passed, exempt, blocked, over_limit, over_rate, errors, us, took_250us,
       took_500us, took_1ms, took_2500us, took_5ms, took_10ms, took_25ms,
       took_100ms, took_500ms, took_1s, took_2500ms, took_longer)
SELECT span, to_timestamp(floor((policyd.ms(policyd.moment($2)) / 1000.0 -
           (r ->> 0)::bigint) / span) * span), $1,
       sum((r ->> 1)::bigint), sum((r ->> 2)::bigint), sum((r ->> 3)::bigint),
       sum((r ->> 4)::bigint), sum((r ->> 5)::bigint), sum((r ->> 6)::bigint),
       sum((r ->> 7)::bigint), sum((r ->> 8)::bigint), sum((r ->> 9)::bigint),
       sum((r ->> 10)::bigint), sum((r ->> 11)::bigint),
       sum((r ->> 12)::bigint), sum((r ->> 13)::bigint),
       sum((r ->> 14)::bigint), sum((r ->> 15)::bigint),
       sum((r ->> 16)::bigint), sum((r ->> 17)::bigint),
       sum((r ->> 18)::bigint), sum((r ->> 19)::bigint)
  FROM jsonb_array_elements($3::jsonb) r,
       unnest(ARRAY[60, 3600, 86400]) AS s (span)
 GROUP BY 1, 2
ON CONFLICT (span, began, host) DO UPDATE SET
       passed = d.passed + excluded.passed,
       exempt = d.exempt + excluded.exempt,
       blocked = d.blocked + excluded.blocked,
       over_limit = d.over_limit + excluded.over_limit,
       over_rate = d.over_rate + excluded.over_rate,
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
DELETE FROM policyd.decisions
 WHERE began < policyd.moment($1) - CASE span WHEN 60 THEN interval '25 hours'
           WHEN 3600 THEN interval '31 days' ELSE interval '400 days' END
    OR began > policyd.moment($1) + interval '1 day';

-- name: decisions_of
-- span of the buckets, seconds of one row, now, seconds before it: all hosts
SELECT policyd.ms(began) / ($2::bigint * 1000) * $2 * 1000,
       sum(passed), sum(exempt), sum(blocked), sum(over_limit),
       sum(over_rate), sum(errors), sum(us), sum(took_250us), sum(took_500us),
       sum(took_1ms), sum(took_2500us), sum(took_5ms), sum(took_10ms),
       sum(took_25ms), sum(took_100ms), sum(took_500ms), sum(took_1s),
       sum(took_2500ms), sum(took_longer)
  FROM policyd.decisions
 WHERE span = $1 AND began <= policyd.moment($3)
   AND began > policyd.moment($3) - make_interval(secs => $4::bigint)
 GROUP BY 1 ORDER BY 1;

-- name: host_seen
-- host, now, version, state
INSERT INTO policyd.host AS h (host, seen, version, state)
VALUES ($1, policyd.moment($2), $3, $4::jsonb)
ON CONFLICT (host) DO UPDATE SET seen = excluded.seen,
       version = excluded.version, state = excluded.state;

-- name: hosts_forget
-- now
DELETE FROM policyd.host
 WHERE seen < policyd.moment($1) - interval '30 days';

-- name: hosts_all
-- most
SELECT host, policyd.ms(seen), version, state FROM policyd.host
 ORDER BY host LIMIT $1;
