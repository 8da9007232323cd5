-- news.sql -- servers are told what others change.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- By a notification, and for those behind a pooler or a proxy by rows that they
-- look for again and again: policyd.news.

-- Tell of a change: 'block MILLISECONDS' until then, 'unblock', 'overrides'.
-- What a notification cannot hold servers find out by themselves. Of the rows
-- that nobody needs any more two go for each that comes.
CREATE OR REPLACE FUNCTION policyd.tell_servers(p_what text, p_account text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('policyd', concat_ws(' ', p_what,
                                           nullif(p_account, '')));
    INSERT INTO policyd.news (what, account) VALUES (p_what, p_account);
    DELETE FROM policyd.news WHERE ctid = ANY (ARRAY(
        SELECT place
          FROM (SELECT ctid AS place, at FROM policyd.news
                 WHERE xact > '0' ORDER BY xact LIMIT 2
                   FOR UPDATE SKIP LOCKED) AS oldest
         WHERE at < clock_timestamp() - interval '10 minutes'));
END
$$;

-- What was told since p_marks, which are those of the answers before, of this
-- database and others; and the mark to ask with the next time. A mark says which
-- transactions were seen: none that ends late is passed over, and nobody waits
-- for it. 'missed': nobody knows any more what has been since. One row at least.
CREATE OR REPLACE FUNCTION policyd.news(p_marks text[]
) RETURNS TABLE (mark text, now bigint, change text) LANGUAGE plpgsql AS $$
DECLARE
    v_name text := (SELECT what FROM policyd.news WHERE xact = '0');
BEGIN
    IF v_name IS NULL THEN
        INSERT INTO policyd.news VALUES ('0', 'infinity',
                                         gen_random_uuid()::text)
        ON CONFLICT DO NOTHING;
        v_name := (SELECT what FROM policyd.news WHERE xact = '0');
    END IF;
    -- A copy of the files has the name, too.
    v_name := concat_ws('/', v_name,
        policyd.milliseconds(pg_postmaster_start_time()),
        (SELECT oid FROM pg_database WHERE datname = current_database()));
    RETURN QUERY
    WITH here AS MATERIALIZED (
        SELECT pg_current_snapshot() AS seen,
               policyd.milliseconds(clock_timestamp()) AS at
    ), before AS MATERIALIZED (
        SELECT max(split_part(m, ' ', 3)) AS seen
          FROM here, unnest(p_marks) m
         WHERE split_part(m, ' ', 1) = v_name
           AND here.at - split_part(m, ' ', 2)::bigint
               BETWEEN 0 AND 300000
    ), changes AS (
        SELECT n.at, concat_ws(' ', n.what, nullif(n.account, '')) AS change
          FROM before b
          JOIN policyd.news n ON n.xact >= pg_snapshot_xmin(b.seen::pg_snapshot)
           AND n.xact > '0'
           AND NOT pg_visible_in_snapshot(n.xact, b.seen::pg_snapshot)
        UNION ALL
        SELECT '-infinity', 'missed' FROM before b WHERE b.seen IS NULL
    )
    SELECT concat_ws(' ', v_name, h.at, h.seen), h.at, c.change
      FROM here h LEFT JOIN changes c ON true ORDER BY c.at;
END
$$;
