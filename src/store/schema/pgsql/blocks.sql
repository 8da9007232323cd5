-- blocks.sql -- who is blocked, and was.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What the program asks is a function, here and in the files beside: what it
-- sends is the same for a database and for a proxy (see ../proxy/). Those that
-- begin with an account are of that one, others are of all. Functions that
-- only read are written so that the planner takes them for the query they
-- stand for. Times are milliseconds since 1970; p_now NULL: now.

-- A block as the program reads it.
CREATE OR REPLACE FUNCTION policyd.block_last(p_account text) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql STABLE AS $$
    SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
           policyd.ms(until), policyd.ms(ended_at), attempts,
           coalesce(host(client), ''), country
      FROM policyd.block WHERE account = p_account
$$;

-- A page of the blocks that hold, in order of the account.
CREATE OR REPLACE FUNCTION policyd.blocks_held(p_after text, p_now bigint,
    p_most bigint
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql STABLE AS $$
    SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
           policyd.ms(until), policyd.ms(ended_at), attempts,
           coalesce(host(client), ''), country
      FROM policyd.block
     WHERE ended_at IS NULL AND account > p_after
       AND until > policyd.moment(p_now)
     ORDER BY account LIMIT p_most
$$;

-- Blocks whose time is over, the earliest first.
CREATE OR REPLACE FUNCTION policyd.blocks_over(p_now bigint, p_most bigint
) RETURNS TABLE (account text, until bigint) LANGUAGE sql STABLE AS $$
    SELECT account, policyd.ms(until) FROM policyd.block
     WHERE ended_at IS NULL AND until <= policyd.moment(p_now)
     ORDER BY until LIMIT p_most
$$;
