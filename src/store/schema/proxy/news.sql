-- news.sql -- what others change, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The function of ../pgsql/news.sql: one row at least of each shard.

CREATE OR REPLACE FUNCTION policyd_shards.news(p_marks text[]
) RETURNS TABLE (mark text, now bigint, change text) LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON ALL; TARGET policyd.news;
$$;

-- None while a shard is away: what is changed there nobody can tell. Whoever
-- asks finds out first whether it is back.
CREATE OR REPLACE FUNCTION policyd.news(p_marks text[]
) RETURNS TABLE (mark text, now bigint, change text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd.probe_shards();
    IF EXISTS (SELECT FROM policyd.shard WHERE away_since IS NOT NULL) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT * FROM policyd_shards.news(p_marks);
EXCEPTION WHEN OTHERS THEN
    IF NOT policyd.is_away(SQLSTATE, SQLERRM) THEN
        RAISE;
    END IF;
END
$$;
