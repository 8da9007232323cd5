-- clean.sql -- delete what nobody needs any more, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/clean.sql.
--
-- The next batch begins where that shard ended which came least far: others
-- look at some rows twice.

CREATE OR REPLACE FUNCTION policyd.clean_blocks(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) RETURNS record LANGUAGE sql AS $$
    SELECT sum(c.deleted)::bigint, min(c.next_account COLLATE "C")
      FROM policyd_shards.clean_blocks(p_before, p_account, p_most) c
$$;

CREATE OR REPLACE FUNCTION policyd.clean_accounts(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) RETURNS record LANGUAGE sql AS $$
    SELECT sum(c.deleted)::bigint, min(c.next_account COLLATE "C")
      FROM policyd_shards.clean_accounts(p_before, p_account, p_most) c
$$;

CREATE OR REPLACE FUNCTION policyd.clean_hits(p_before timestamptz, p_account text,
    p_most integer, OUT deleted bigint, OUT next_account text
) RETURNS record LANGUAGE sql AS $$
    SELECT sum(c.deleted)::bigint, min(c.next_account COLLATE "C")
      FROM policyd_shards.clean_hits(p_before, p_account, p_most) c
$$;

CREATE OR REPLACE FUNCTION policyd.clean_logins(p_before timestamptz, p_account text,
    p_network cidr, p_most integer, OUT deleted bigint,
    OUT next_account text, OUT next_network cidr
) RETURNS record LANGUAGE sql AS $$
    SELECT sum(c.deleted)::bigint,
           (array_agg(c.next_account ORDER BY c.next_account COLLATE "C",
                      c.next_network))[1],
           (array_agg(c.next_network ORDER BY c.next_account COLLATE "C",
                      c.next_network))[1]
      FROM policyd_shards.clean_logins(p_before, p_account, p_network,
               p_most) c
$$;

CREATE OR REPLACE FUNCTION policyd.clean_outbox(p_before timestamptz, p_after text,
    p_most integer, OUT deleted bigint, OUT next_id text
) RETURNS record LANGUAGE sql AS $$
    SELECT sum(c.deleted)::bigint, min(c.next_id::bigint)::text
      FROM policyd_shards.clean_outbox(p_before, p_after, p_most) c
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('clean_blocks', 'clean_accounts', 'clean_hits',
    'clean_logins', 'clean_outbox');
