-- 003-admin.sql -- block and unblock by hand, expiry, cleaning.
-- SPDX-License-Identifier: GPL-3.0-or-later

CREATE FUNCTION policyd.block_account(p_account text, p_block_s integer,
    p_note text, p_notify text[], p_server text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO policyd.account (account) VALUES (p_account)
    ON CONFLICT DO NOTHING;
    PERFORM FROM policyd.account WHERE account = p_account FOR NO KEY UPDATE;
    PERFORM policyd.begin_block(p_account, 8, 0, 0, 0, p_note, NULL, '',
        coalesce(p_now, clock_timestamp()), p_block_s, p_notify, p_server);
END
$$;

-- Returns false if the account is not blocked.
CREATE FUNCTION policyd.unblock_account(p_account text, p_notify text[],
    p_server text, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_until timestamptz;
    v_now   timestamptz;
BEGIN
    SELECT blocked_until INTO v_until FROM policyd.account
     WHERE account = p_account FOR NO KEY UPDATE;
    v_now := coalesce(p_now, clock_timestamp());
    IF v_until IS NULL THEN
        RETURN false;
    END IF;
    PERFORM policyd.end_block(p_account, least(v_until, v_now), p_notify,
                              p_server);
    RETURN v_until > v_now;
END
$$;

-- End the blocks whose time is over, at most p_most; returns how many.
CREATE FUNCTION policyd.expire(p_most integer, p_notify text[], p_server text,
    p_now timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_now   timestamptz := coalesce(p_now, clock_timestamp());
    v_count integer := 0;
    v_row   record;
BEGIN
    FOR v_row IN
        SELECT a.account, a.blocked_until FROM policyd.account a
         WHERE a.account IN (SELECT account FROM policyd.block
                              WHERE ended_at IS NULL AND until <= v_now
                              LIMIT p_most)
           AND a.blocked_until <= v_now
           FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        PERFORM policyd.end_block(v_row.account, v_row.blocked_until,
                                  p_notify, p_server);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

-- Cleaning walks the primary key in batches, so that each transaction is
-- short and no index on last_seen is needed. p_after is where the last batch
-- ended; next is where the next begins, NULL at the end of the table. The
-- planner cannot know how small a batch is, and would rather read the whole
-- table: so it is told not to, and rows are deleted by their place (ctid). A
-- row that changed meanwhile is somewhere else, or not old any more.
CREATE FUNCTION policyd.clean_logins(p_before timestamptz, p_account text,
    p_network cidr, p_most integer, OUT deleted bigint,
    OUT next_account text, OUT next_network cidr
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, account, network, last_seen
          FROM policyd.login
         WHERE (account, network) > (p_account, p_network)
         ORDER BY account, network LIMIT p_most
    ), old AS MATERIALIZED (
        -- What the account row has pending counts; who waits for us must not
        -- be waited for.
        SELECT l.ctid AS place
          FROM policyd.login l
          LEFT JOIN policyd.account a
            ON a.account = l.account AND a.last_network = l.network
         WHERE l.ctid = ANY (ARRAY(SELECT place FROM batch
                                    WHERE last_seen < p_before))
           AND l.last_seen < p_before
           AND (a.last_seen < p_before) IS NOT FALSE
           FOR UPDATE OF l SKIP LOCKED
    ), gone AS (
        DELETE FROM policyd.login
         WHERE ctid = ANY (ARRAY(SELECT place FROM old))
        RETURNING 1
    ), last AS (
        SELECT account, network FROM batch
         ORDER BY account DESC, network DESC LIMIT 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT account FROM last
             WHERE (SELECT count(*) FROM batch) = p_most),
           (SELECT network FROM last
             WHERE (SELECT count(*) FROM batch) = p_most)
$$;

-- Blocks that ended.
CREATE FUNCTION policyd.clean_blocks(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, account, ended_at FROM policyd.block
         WHERE account > p_account ORDER BY account LIMIT p_most
    ), gone AS (
        DELETE FROM policyd.block
         WHERE ctid = ANY (ARRAY(SELECT place FROM batch
                                  WHERE ended_at < p_before))
           AND ended_at < p_before
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch HAVING count(*) = p_most)
$$;

-- Accounts that were idle that long, have no login left and no block.
CREATE FUNCTION policyd.clean_accounts(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) LANGUAGE sql
SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH batch AS MATERIALIZED (
        SELECT ctid AS place, account FROM policyd.account
         WHERE account > p_account ORDER BY account LIMIT p_most
    ), idle AS MATERIALIZED (
        SELECT a.ctid AS place FROM policyd.account a
         WHERE a.ctid = ANY (ARRAY(SELECT place FROM batch))
           AND a.blocked_until IS NULL
           AND coalesce(a.last_seen, '-infinity') < p_before
           AND coalesce(a.rated_at, '-infinity') < p_before
           AND a.evidence_since < p_before
           AND NOT EXISTS (SELECT FROM policyd.login l
                            WHERE l.account = a.account)
           FOR UPDATE OF a SKIP LOCKED
    ), gone AS (
        DELETE FROM policyd.account
         WHERE ctid = ANY (ARRAY(SELECT place FROM idle)) RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch
            HAVING count(*) = p_most)
$$;

-- Milliseconds since 1970; 0 is NULL.
CREATE FUNCTION policyd.at_ms(ms bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ms <> 0 THEN to_timestamp(ms / 1000.0) END
$$;

-- Take over accounts and their blocks from another store: what is here is kept
-- where it is newer. p_rows: what store/pgsql/copy.c writes.
CREATE FUNCTION policyd.load_accounts(p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM jsonb_to_recordset(p_rows) AS x(account text,
                 since bigint, has_block boolean, cause integer, found integer,
                 allowed integer, per_s integer, note text, began bigint,
                 until bigint, ended bigint, attempts bigint, client text,
                 country text) ORDER BY account
    LOOP
        INSERT INTO policyd.account AS a (account, evidence_since)
        VALUES (r.account, coalesce(policyd.at_ms(r.since), '-infinity'))
        ON CONFLICT (account) DO UPDATE SET
            evidence_since = greatest(a.evidence_since,
                                      excluded.evidence_since),
            counted_with = NULL;
        CONTINUE WHEN NOT r.has_block;
        INSERT INTO policyd.block AS b VALUES (r.account, r.cause, r.found,
            r.allowed, r.per_s, r.note, policyd.at_ms(r.began),
            coalesce(policyd.at_ms(r.until), 'infinity'),
            policyd.at_ms(r.ended), r.attempts, nullif(r.client, '')::inet,
            r.country)
        ON CONFLICT (account) DO UPDATE SET
            cause = excluded.cause, found = excluded.found,
            allowed = excluded.allowed, per_s = excluded.per_s,
            note = excluded.note, began_at = excluded.began_at,
            until = excluded.until, ended_at = excluded.ended_at,
            attempts = excluded.attempts, client = excluded.client,
            country = excluded.country
        WHERE b.began_at < excluded.began_at;
        UPDATE policyd.account a
           SET blocked_until = CASE WHEN b.ended_at IS NULL THEN b.until END
          FROM policyd.block b
         WHERE a.account = r.account AND b.account = r.account;
    END LOOP;
END
$$;

-- The same for logins.
CREATE FUNCTION policyd.load_logins(p_rows jsonb) RETURNS void
LANGUAGE sql AS $$
    WITH known AS MATERIALIZED (
        SELECT account FROM policyd.account
         WHERE account IN (SELECT x->>'account'
                             FROM jsonb_array_elements(p_rows) x)
         ORDER BY account FOR NO KEY UPDATE
    ) UPDATE policyd.account a SET counted_with = NULL
        FROM known WHERE a.account = known.account;
    INSERT INTO policyd.login AS l
    SELECT account, network, country, policyd.at_ms(first),
           policyd.at_ms(last), mails
      FROM jsonb_to_recordset(p_rows) AS x(account text, network cidr,
               country text, first bigint, last bigint, mails bigint)
     ORDER BY account, network
    ON CONFLICT (account, network) DO UPDATE SET
        country = CASE WHEN l.last_seen < excluded.last_seen
                       THEN excluded.country ELSE l.country END,
        first_seen = least(l.first_seen, excluded.first_seen),
        last_seen = greatest(l.last_seen, excluded.last_seen),
        mails = greatest(l.mails, excluded.mails)
$$;
