-- history.sql -- since when any shard learns.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/history.sql.

CREATE OR REPLACE FUNCTION policyd.history_since(p_now bigint
) RETURNS TABLE (
    since bigint, now bigint
) LANGUAGE sql AS $$
    SELECT min(nullif(h.since, 0)),
           coalesce(p_now, policyd.ms(clock_timestamp()))
      FROM policyd_shards.history_since(p_now) h
$$;

CREATE OR REPLACE FUNCTION policyd.history_learned(p_since bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.history_learned(p_since);
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('history_since', 'history_learned');
