-- clean.sql -- delete what nobody needs any more.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Cleaning walks the primary key in batches, so that each transaction is
-- short and no index on last_seen is needed. p_after is where the last batch
-- ended; next is where the next begins, NULL at the end of the table. The
-- planner cannot know how small a batch is, and would rather read the whole
-- table: so it is told not to, and rows are deleted by their place (ctid). A
-- row that changed meanwhile is somewhere else, or not old any more.
CREATE OR REPLACE FUNCTION policyd.clean_logins(
    p_before timestamptz, p_account text,
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
        -- Who waits for us must not be waited for.
        SELECT l.ctid AS place
          FROM policyd.login l
         WHERE l.ctid = ANY (ARRAY(SELECT place FROM batch
                                    WHERE last_seen < p_before))
           AND l.last_seen < p_before
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

-- Blocks that ended; and, with the first of them, what was told of blocks that
-- no server needs any more: see policyd.tell_servers.
CREATE OR REPLACE FUNCTION policyd.clean_blocks(
    p_before timestamptz, p_account text,
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
    ), told AS (
        DELETE FROM policyd.news WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM policyd.news
             WHERE p_account = '' AND xact > '0'
               AND at < clock_timestamp() - interval '10 minutes'
             ORDER BY xact LIMIT 5000 FOR UPDATE SKIP LOCKED))
    )
    SELECT (SELECT count(*) FROM gone),
           (SELECT max(account) FROM batch HAVING count(*) = p_most)
$$;

-- Accounts that were idle that long, have no login left and no block.
CREATE OR REPLACE FUNCTION policyd.clean_accounts(
    p_before timestamptz, p_account text,
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

-- Notifications that were delivered or given up long ago. As the functions
-- above; the key is a number here, and comes and goes as text.
CREATE OR REPLACE FUNCTION policyd.clean_outbox(
    p_before timestamptz, p_after text,
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
CREATE OR REPLACE FUNCTION policyd.clean_hits(
    p_before timestamptz, p_account text,
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
