-- logins.sql -- the logins of an account, and of all, page by page.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/logins.sql.

CREATE OR REPLACE FUNCTION policyd.logins_newest(p_account text, p_most bigint
) RETURNS TABLE (
    network cidr, country text, first bigint, last bigint, mails bigint,
    asn bigint
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd.logins_in_all(p_account text
) RETURNS bigint LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd_shards.past_accounts(p_after text, p_most bigint
) RETURNS TABLE (
    account text
) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(); RUN ON ALL; TARGET policyd.past_accounts;
$$;

CREATE OR REPLACE FUNCTION policyd.past_end(p_after text, p_most bigint
) RETURNS TABLE (
    account text
) LANGUAGE sql AS $$
    SELECT account FROM (
        SELECT a.account FROM policyd_shards.past_accounts(p_after, p_most) a
         ORDER BY a.account COLLATE "C" LIMIT p_most) page
     ORDER BY account COLLATE "C" DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION policyd.past_logins(p_after text, p_last text
) RETURNS TABLE (
    account text, network cidr, country text, first bigint, last bigint,
    mails bigint, since bigint, asn bigint
) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.past_logins(p_after, p_last) l
     ORDER BY l.account COLLATE "C", l.network
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('past_logins');
