-- round.sql -- load the accounts of a round, and save what was decided.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Deciding is done in the program (store/check_request.c). Nobody waits for a
-- row here: one that is locked, or was changed since it was loaded, is not
-- saved, and the program loads it again. How these statements
-- are planned is set for the session (store/pgsql/connect.c): along the keys,
-- whatever the planner knows of the tables so far.

-- The accounts of a round with their blocks and overrides. It is put in the
-- place of its call, and planned with it.
CREATE OR REPLACE FUNCTION policyd.load(p_accounts text[], p_domains text[],
    p_now timestamptz
) RETURNS TABLE (
    i bigint, now timestamptz, overrides bigint, memory bigint, version bigint,
    evidence_since timestamptz, blocked_until timestamptz,
    last_seen timestamptz, rated_at timestamptz, complete_since bigint,
    mail_hash bigint, places text, rings bytea, mail_hashes bytea,
    cause integer, found bigint, allowed bigint, per_s bigint, note text,
    began_at timestamptz, of_account text, of_domain text, history bytea
) LANGUAGE sql STABLE ROWS 32 AS $$
    SELECT q.i, m.now, m.overrides, m.memory, a.version, a.evidence_since,
           a.blocked_until, a.last_seen, a.rated_at, a.complete_since,
           a.mail_hash, a.places, a.rings, a.mail_hashes, b.cause::integer,
           b.found::bigint, b.allowed::bigint, b.per_s::bigint, b.note,
           b.began_at, o.settings::text, d.settings::text, a.history
      FROM (SELECT coalesce(p_now, clock_timestamp()) AS now,
                   (SELECT revision FROM policyd.revision
                     WHERE of = 'overrides') AS overrides,
                   (SELECT revision FROM policyd.revision
                     WHERE of = 'memory') AS memory OFFSET 0) m
     CROSS JOIN unnest(p_accounts, p_domains) WITH ORDINALITY
           AS q (account, domain, i)
      LEFT JOIN policyd.account a ON a.account = q.account
      LEFT JOIN policyd.block b ON b.account = q.account
            AND b.ended_at IS NULL AND a.blocked_until IS NOT NULL
      LEFT JOIN policyd.override o ON o.account = q.account
            AND (o.valid_until > m.now) IS NOT FALSE
      LEFT JOIN policyd.override d ON d.account = q.domain
            AND (d.valid_until > m.now) IS NOT FALSE
$$;

-- The history to be saved; but a program that cannot read the one that is
-- stored, of a format to come (store/history_bytes.c), must not put its own
-- there.
CREATE OR REPLACE FUNCTION policyd.newer_history(p_stored bytea, p_saved bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN substring(p_saved, 1, 1) < substring(p_stored, 1, 1)
                THEN p_stored ELSE p_saved END
$$;

-- Save one account of which nothing but its row, and rows of its logins, is to
-- be written: what is expected is as for policyd.save. NULL: it is another one.
CREATE OR REPLACE FUNCTION policyd.touch(p_account text, p_expected bigint,
    p_version bigint, p_since timestamptz, p_blocked timestamptz,
    p_seen timestamptz, p_rated timestamptz, p_complete bigint,
    p_mail_hash bigint, p_places text, p_rings bytea, p_mail_hashes bytea,
    p_history bytea, p_networks cidr[], p_countries text[], p_asns bigint[],
    p_lasts timestamptz[], p_mails bigint[], p_overrides bigint,
    p_now timestamptz
) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    IF clock_timestamp() - p_now NOT BETWEEN interval '0' AND interval '1s'
    THEN
        RETURN NULL;
    END IF;
    UPDATE policyd.account
       SET version = p_version, evidence_since = p_since,
           blocked_until = p_blocked, last_seen = p_seen, rated_at = p_rated,
           complete_since = p_complete, mail_hash = p_mail_hash,
           places = p_places, rings = p_rings, mail_hashes = p_mail_hashes,
           history = policyd.newer_history(history, p_history)
     WHERE ctid = (SELECT ctid FROM policyd.account
                    WHERE account = p_account AND version = p_expected
                      AND (p_overrides IS NULL OR p_overrides =
                           (SELECT revision FROM policyd.revision
                             WHERE of = 'overrides'))
                      FOR NO KEY UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF p_networks <> '{}' THEN
        INSERT INTO policyd.login AS l (account, network, country, first_seen,
                                        last_seen, mails, asn)
        SELECT p_account, q.network, q.country, q.last, q.last, q.mails, q.asn
          FROM unnest(p_networks, p_countries, p_asns, p_lasts, p_mails)
               AS q (network, country, asn, last, mails)
        ON CONFLICT (account, network) DO UPDATE
           SET country = excluded.country, asn = excluded.asn,
               first_seen = least(l.first_seen, excluded.first_seen),
               last_seen = excluded.last_seen,
               mails = l.mails + excluded.mails;
    END IF;
    RETURN clock_timestamp();
END
$$;

-- Logins of an account whose row has no room for them all, newest first.
CREATE OR REPLACE FUNCTION policyd.logins_since(p_account text, p_since timestamptz,
    p_most bigint
) RETURNS TABLE (network cidr, country text, asn bigint, last_seen timestamptz)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT l.network, l.country, l.asn, l.last_seen FROM policyd.login l
     WHERE l.account = p_account AND l.last_seen > p_since
     ORDER BY l.last_seen DESC, l.network LIMIT p_most;
END
$$;

-- What accounts' own rows have of older places; and the rows of networks of
-- theirs: place is that of p_networks, owner that of p_accounts.
CREATE OR REPLACE FUNCTION policyd.older_places(p_accounts text[],
    p_owners integer[], p_networks cidr[]
) RETURNS TABLE (owner integer, place integer, country text, asn bigint,
    last_seen timestamptz, older text)
LANGUAGE sql STABLE AS $$
    SELECT q.i::integer, NULL::integer, NULL::text, NULL::bigint,
           NULL::timestamptz, a.older
      FROM unnest(p_accounts) WITH ORDINALITY AS q (account, i)
      JOIN policyd.account a ON a.account = q.account
     UNION ALL
    -- OFFSET: each is looked for by itself, whatever the planner thinks.
    SELECT q.owner, q.i::integer, l.country, l.asn, l.last_seen, NULL
      FROM unnest(p_owners, p_networks) WITH ORDINALITY
           AS q (owner, network, i), LATERAL (
           SELECT * FROM policyd.login
            WHERE account = p_accounts[q.owner] AND network = q.network
           OFFSET 0) l
$$;

-- The same of one account, as programs before schema 11 ask: the last one says
-- what the account's own row has.
CREATE OR REPLACE FUNCTION policyd.older(p_account text, p_networks cidr[]
) RETURNS TABLE (network cidr, country text, asn bigint, last_seen timestamptz,
    older text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    IF p_networks <> '{}' THEN
        -- OFFSET: each is looked for by itself, whatever the planner thinks.
        RETURN QUERY
        SELECT l.network, l.country, l.asn, l.last_seen, NULL::text
          FROM unnest(p_networks) n, LATERAL (
               SELECT * FROM policyd.login
                WHERE account = p_account AND network = n OFFSET 0) l;
    END IF;
    RETURN QUERY
    SELECT NULL::cidr, NULL::text, NULL::bigint, NULL::timestamptz, a.older
      FROM policyd.account a WHERE a.account = p_account;
END
$$;

-- The event as it is told by mail, program and webhook.
CREATE OR REPLACE FUNCTION policyd.event(
    p_kind text, p_account text, p_at timestamptz,
    p_server text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'event', p_kind, 'account', p_account, 'server', p_server,
        'at', (extract(epoch FROM p_at) * 1000)::bigint,
        'cause', b.cause, 'found', b.found, 'limit', b.allowed,
        'per', b.per_s, 'note', b.note,
        'client', coalesce(host(b.client), ''), 'country', b.country,
        'began', (extract(epoch FROM b.began_at) * 1000)::bigint,
        'until', CASE WHEN isfinite(b.until) THEN
            (extract(epoch FROM b.until) * 1000)::bigint ELSE 0 END,
        'attempts', b.attempts,
        'logins', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                       'network', CASE WHEN masklen(l.network) =
                           CASE family(l.network) WHEN 4 THEN 32 ELSE 128 END
                           THEN host(l.network) ELSE l.network::text END,
                       'country', l.country,
                       'first', (extract(epoch FROM l.first_seen)
                                 * 1000)::bigint,
                       'last', (extract(epoch FROM l.last_seen)
                                * 1000)::bigint,
                       'mails', l.mails)
                   ORDER BY l.last_seen DESC, l.network)
              FROM (SELECT * FROM policyd.logins
                     WHERE account = p_account AND last_seen > evidence_since
                       -- The window that was judged; 0: by an administrator.
                       AND (b.per_s = 0 OR last_seen > b.began_at
                                           - make_interval(secs => b.per_s))
                     ORDER BY last_seen DESC, network LIMIT 20) l), '[]'))
      FROM policyd.block b WHERE b.account = p_account
$$;

-- Put the event into the outbox once for each way of telling.
CREATE OR REPLACE FUNCTION policyd.tell(p_kind text, p_account text, p_at timestamptz,
    p_server text, p_channels jsonb, p_counts jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO policyd.outbox (channel, kind, account, event, created_at,
                                next_try)
    SELECT c, p_kind, p_account,
           policyd.event(p_kind, p_account, p_at, p_server) || p_counts,
           p_at, p_at
      FROM jsonb_array_elements_text(p_channels) c
$$;

-- Tell the servers that have in memory who is blocked, and who may pass.
CREATE OR REPLACE FUNCTION policyd.notify_block(p_account text, e jsonb)
RETURNS void LANGUAGE sql AS $$
    SELECT policyd.tell_servers('block ' || coalesce(e ->> 'until', '0'),
                                p_account)
$$;

-- One consequence of a decision; its row of policyd.account is ours, if it has
-- anything to do with it. Times are milliseconds.
CREATE OR REPLACE FUNCTION policyd.follow(e jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_account text := e ->> 'account';
    v_at timestamptz := to_timestamp((e ->> 'at')::bigint / 1000.0);
BEGIN
    CASE e ->> 'op'
    WHEN 'attempts' THEN
        UPDATE policyd.block SET attempts = attempts + (e ->> 'times')::bigint
         WHERE account = v_account AND ended_at IS NULL;
    WHEN 'reached' THEN
        INSERT INTO policyd.hit AS h VALUES (v_account,
            (e ->> 'cause')::smallint, (e ->> 'limit')::integer,
            (e ->> 'per')::integer, (e ->> 'times')::bigint, v_at, v_at)
        ON CONFLICT (account, cause, allowed, per_s) DO UPDATE
           SET times = h.times + excluded.times, last_seen = v_at;
    WHEN 'end' THEN
        PERFORM policyd.tell('unblock', v_account, v_at, e ->> 'server',
                             e -> 'channels', e -> 'counts');
        UPDATE policyd.block SET ended_at = v_at
         WHERE account = v_account AND ended_at IS NULL;
        PERFORM policyd.tell_servers('unblock', v_account);
    WHEN 'trim' THEN
        DELETE FROM policyd.login
         WHERE account = v_account AND last_seen < v_at;
    WHEN 'orphan' THEN
        UPDATE policyd.block SET ended_at = v_at
         WHERE account = v_account AND ended_at IS NULL;
        PERFORM policyd.tell_servers('unblock', v_account);
    WHEN 'move' THEN
        PERFORM policyd.notify_block(v_account, e);
        UPDATE policyd.block SET began_at = v_at,
               until = coalesce(to_timestamp((e ->> 'until')::bigint / 1000.0),
                                'infinity')
         WHERE account = v_account AND ended_at IS NULL;
    WHEN 'begin' THEN
        INSERT INTO policyd.block AS b VALUES (v_account,
            (e ->> 'cause')::smallint, (e ->> 'found')::integer,
            (e ->> 'limit')::integer, (e ->> 'per')::integer, e ->> 'note',
            v_at, coalesce(to_timestamp((e ->> 'until')::bigint / 1000.0),
                           'infinity'), NULL, 0,
            nullif(e ->> 'client', '')::inet, e ->> 'country')
        ON CONFLICT (account) DO UPDATE SET
            cause = excluded.cause, found = excluded.found,
            allowed = excluded.allowed, per_s = excluded.per_s,
            note = excluded.note, began_at = excluded.began_at,
            until = excluded.until, ended_at = NULL, attempts = 0,
            client = excluded.client, country = excluded.country;
        PERFORM policyd.notify_block(v_account, e);
        PERFORM policyd.tell('block', v_account, v_at, e ->> 'server',
                             e -> 'channels', e -> 'counts');
    WHEN 'audit' THEN
        PERFORM policyd.note_change(e ->> 'actor', e ->> 'origin',
            e ->> 'action', v_account, e -> 'detail', v_at);
    END CASE;
END
$$;

-- Save what was decided of accounts: the columns of policyd.account, an array
-- each, in order of the account; then the logins to be written, each with the
-- place of its account in these arrays; then all else that follows; then the
-- accounts whose blocks refused so many requests. A version of 0 is an account
-- without a row. p_version is what the rows get. Those that the program had in
-- memory are saved if overrides have the revision p_overrides still, and p_now,
-- when they were decided, is not in the future nor long ago. Returns the places
-- of those that were saved; those of p_refused go on behind p_accounts.
CREATE OR REPLACE FUNCTION policyd.save(p_version bigint, p_accounts text[],
    p_versions bigint[], p_since timestamptz[], p_blocked timestamptz[],
    p_seen timestamptz[], p_rated timestamptz[], p_complete bigint[],
    p_mail_hash bigint[], p_places text[], p_rings bytea[],
    p_mail_hashes bytea[], p_histories bytea[], p_owners integer[], p_networks cidr[],
    p_countries text[], p_asns bigint[], p_lasts timestamptz[],
    p_mails bigint[], p_follow jsonb, p_refused text[], p_times bigint[],
    p_must_last boolean, p_overrides bigint, p_now timestamptz
) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
    v_mine integer[];
    v_rows tid[];
    v_fresh integer[];
    v_older jsonb;
    v_ends jsonb;
    v_others jsonb;
    e jsonb;
BEGIN
    -- What may be lost with the server is off for the session.
    IF p_must_last THEN
        SET LOCAL synchronous_commit TO DEFAULT;
    END IF;
    -- At once what the writing will take: a REINDEX that came between waits
    -- for what was read, and the writing for the REINDEX.
    LOCK TABLE policyd.account IN ROW EXCLUSIVE MODE;
    -- In one order, and those alone that nobody else works on.
    SELECT array_agg(i), array_agg(place) INTO v_mine, v_rows FROM (
        SELECT q.i::integer AS i, a.ctid AS place
          FROM unnest(p_accounts, p_versions) WITH ORDINALITY
               AS q (account, version, i)
          JOIN policyd.account a ON a.account = q.account
           AND a.version = q.version
         WHERE (p_now IS NULL OR clock_timestamp() - p_now
                BETWEEN interval '0' AND interval '1s')
           AND (p_overrides IS NULL OR p_overrides =
                (SELECT revision FROM policyd.revision
                  WHERE of = 'overrides'))
         ORDER BY q.account
           FOR NO KEY UPDATE OF a SKIP LOCKED) AS mine;
    IF p_follow IS NOT NULL THEN
        SELECT jsonb_object_agg(x ->> 'i', x -> 'older')
                   FILTER (WHERE x ->> 'op' = 'older'),
               jsonb_agg(x) FILTER (WHERE x ->> 'op' = 'end'),
               jsonb_agg(x) FILTER (WHERE x ->> 'op' NOT IN ('older', 'end'))
          INTO v_older, v_ends, v_others
          FROM jsonb_array_elements(p_follow) x;
    END IF;
    IF v_ends IS NOT NULL THEN
        LOCK TABLE policyd.block IN ROW EXCLUSIVE MODE;
        -- What is told of an end is told as things stood before it.
        FOR e IN SELECT x FROM jsonb_array_elements(v_ends) x
                  WHERE (x ->> 'i')::integer = ANY (v_mine)
        LOOP
            PERFORM policyd.follow(e);
        END LOOP;
    END IF;
    UPDATE policyd.account a
       SET version = p_version, evidence_since = p_since[q.i],
           blocked_until = p_blocked[q.i], last_seen = p_seen[q.i],
           rated_at = p_rated[q.i], complete_since = p_complete[q.i],
           mail_hash = p_mail_hash[q.i], places = p_places[q.i],
           rings = p_rings[q.i], mail_hashes = p_mail_hashes[q.i],
           history = policyd.newer_history(a.history, p_histories[q.i]),
           older = coalesce(v_older ->> q.i::text, a.older)
      FROM unnest(v_mine, v_rows) AS q (i, place)
     WHERE a.ctid = q.place;
    IF 0 = ANY (p_versions) THEN
        WITH fresh AS (
            INSERT INTO policyd.account (account, version, evidence_since,
                blocked_until, last_seen, rated_at, complete_since, mail_hash,
                places, rings, mail_hashes, history, older)
            SELECT q.account, p_version, q.since, q.blocked, q.seen, q.rated,
                   q.complete, q.mail_hash, q.places, q.rings, q.mail_hashes,
                   q.history, coalesce(v_older ->> q.i::text, '')
              FROM unnest(p_accounts, p_versions, p_since, p_blocked, p_seen,
                          p_rated, p_complete, p_mail_hash, p_places, p_rings,
                          p_mail_hashes, p_histories)
                   WITH ORDINALITY AS q (account, version, since, blocked,
                       seen, rated, complete, mail_hash, places, rings,
                       mail_hashes, history, i)
             WHERE q.version = 0
               -- A row that another adds cannot be seen, only waited for.
               AND pg_try_advisory_xact_lock(hashtext('policyd account'),
                                             hashtext(q.account))
             ORDER BY q.account
            ON CONFLICT DO NOTHING RETURNING account)
        SELECT array_agg(array_position(p_accounts, account)) INTO v_fresh
          FROM fresh;
        v_mine := v_mine || v_fresh;
    END IF;
    IF p_owners <> '{}' THEN
        INSERT INTO policyd.login AS l (account, network, country, first_seen,
                                        last_seen, mails, asn)
        SELECT p_accounts[q.owner], q.network, q.country, q.last, q.last,
               q.mails, q.asn
          FROM unnest(p_owners, p_networks, p_countries, p_asns, p_lasts,
                      p_mails) AS q (owner, network, country, asn, last, mails)
         WHERE q.owner = ANY (v_mine)
        ON CONFLICT (account, network) DO UPDATE
           SET country = excluded.country, asn = excluded.asn,
               first_seen = least(l.first_seen, excluded.first_seen),
               last_seen = excluded.last_seen,
               mails = l.mails + excluded.mails;
    END IF;
    IF v_others IS NOT NULL THEN
        FOR e IN SELECT x FROM jsonb_array_elements(v_others) x
                  WHERE (x ->> 'i')::integer = ANY (v_mine)
        LOOP
            PERFORM policyd.follow(e);
        END LOOP;
    END IF;
    IF p_refused <> '{}' THEN
        -- These come last: who has their rows waits for nobody any more.
        WITH mine AS MATERIALIZED (
            SELECT b.account FROM policyd.block b
             WHERE b.account = ANY (p_refused) AND b.ended_at IS NULL
             ORDER BY b.account FOR NO KEY UPDATE SKIP LOCKED
        ), counted AS (
            UPDATE policyd.block b SET attempts = b.attempts + q.times
              FROM unnest(p_refused, p_times) AS q (account, times)
             WHERE b.account = q.account
               AND b.account IN (SELECT account FROM mine)
            RETURNING b.account)
        SELECT v_mine || array_agg(q.i::integer
                                   + coalesce(array_length(p_accounts, 1), 0))
          INTO v_mine
          FROM unnest(p_refused) WITH ORDINALITY AS q (account, i)
         WHERE q.account IN (SELECT account FROM counted)
            OR NOT EXISTS (SELECT FROM policyd.block b
                            WHERE b.account = q.account
                              AND b.ended_at IS NULL);
    END IF;
    RETURN coalesce(v_mine, '{}');
END
$$;
