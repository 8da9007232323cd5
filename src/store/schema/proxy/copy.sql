-- copy.sql -- what the shards hold, to and from another store.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/copy.sql.

CREATE OR REPLACE FUNCTION policyd.save_accounts(p_after text, p_most bigint
) RETURNS TABLE (
    account text, since bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.save_accounts(p_after, p_most) a
     ORDER BY a.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.save_histories(p_after text, p_most bigint
) RETURNS TABLE (
    account text, seen bigint, history text
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.save_histories(p_after, p_most) a
     ORDER BY a.account COLLATE "C" LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.save_blocks(p_after text, p_last text
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.save_blocks(p_after, p_last) b
     ORDER BY b.account COLLATE "C"
$$;

CREATE OR REPLACE FUNCTION policyd.save_logins(p_after text, p_network text,
    p_most bigint
) RETURNS TABLE (
    account text, network cidr, country text, first bigint, last bigint,
    mails bigint, asn bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.save_logins(p_after, p_network, p_most) l
     ORDER BY l.account COLLATE "C", l.network LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd_shards.load_accounts_part(p_shards integer[],
    p_rows text[]
) RETURNS SETOF integer LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; SPLIT ALL; RUN ON p_shards;
    TARGET policyd.load_accounts_part;
$$;

CREATE OR REPLACE FUNCTION policyd.load_accounts(p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.load_accounts_part(array_agg(p.shard),
                array_agg(p.rows))
       FROM (SELECT policyd.shard_of(r ->> 0) AS shard,
                    jsonb_agg(r ORDER BY n)::text AS rows
               FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS e (r, n)
              GROUP BY 1) p
     HAVING count(*) > 0;
END
$$;

CREATE OR REPLACE FUNCTION policyd_shards.load_logins_part(p_shards integer[],
    p_rows text[]
) RETURNS SETOF integer LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; SPLIT ALL; RUN ON p_shards;
    TARGET policyd.load_logins_part;
$$;

CREATE OR REPLACE FUNCTION policyd.load_logins(p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM policyd_shards.load_logins_part(array_agg(p.shard),
                array_agg(p.rows))
       FROM (SELECT policyd.shard_of(r ->> 0) AS shard,
                    jsonb_agg(r ORDER BY n)::text AS rows
               FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS e (r, n)
              GROUP BY 1) p
     HAVING count(*) > 0;
END
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('save_accounts', 'save_histories', 'save_blocks',
    'save_logins');
