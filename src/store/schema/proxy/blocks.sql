-- blocks.sql -- who is blocked, and was, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/blocks.sql. Pages of the shards become one page.

CREATE OR REPLACE FUNCTION policyd.block_last(p_account text
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_held(p_after text, p_now bigint,
    p_most bigint
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.blocks_held(p_after, p_now, p_most) b
     ORDER BY b.account COLLATE "C" LIMIT p_most
$$;

-- Of the shards that are there; those that were not are asked whether they are.
CREATE OR REPLACE FUNCTION policyd_shards.blocks_over(p_shards integer[],
    p_now bigint, p_most bigint
) RETURNS TABLE (account text, until bigint) LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON pg_catalog.unnest(p_shards);
    SELECT * FROM policyd.blocks_over(p_now, p_most);
$$;

CREATE OR REPLACE FUNCTION policyd.blocks_over(p_now bigint, p_most bigint
) RETURNS TABLE (account text, until bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd.probe_shards();
    LOOP
        BEGIN
            RETURN QUERY
            SELECT * FROM policyd_shards.blocks_over(policyd.shards_here(),
                p_now, p_most) b ORDER BY b.until LIMIT p_most;
            RETURN;
        EXCEPTION WHEN OTHERS THEN
            IF NOT policyd.is_away(SQLSTATE, SQLERRM) THEN
                RAISE;
            END IF;
        END;
    END LOOP;
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('blocks_held');
