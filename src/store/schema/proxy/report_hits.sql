-- report_hits.sql -- who reached which limit, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/report_hits.sql.

CREATE OR REPLACE FUNCTION policyd.hits(p_most bigint
) RETURNS TABLE (
    account text, cause integer, allowed integer, per_s integer,
    times bigint, first bigint, last bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.hits(p_most) h
     ORDER BY h.times DESC, h.account COLLATE "C", h.cause, h.allowed, h.per_s
     LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.hits_reported(p_rows jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.hits_reported(p_rows);
END
$$;

CREATE OR REPLACE FUNCTION policyd.hits_forget() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM * FROM policyd_shards.hits_forget();
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('hits', 'hits_reported', 'hits_forget');
