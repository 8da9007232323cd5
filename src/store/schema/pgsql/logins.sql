-- logins.sql -- the logins of an account, and of all, page by page.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- The newest of an account.
CREATE OR REPLACE FUNCTION policyd.logins_newest(p_account text, p_most bigint
) RETURNS TABLE (
    network cidr, country text, first bigint, last bigint, mails bigint,
    asn bigint
) LANGUAGE sql STABLE AS $$
    SELECT network, country, policyd.ms(first_seen), policyd.ms(last_seen),
           mails, asn
      FROM policyd.logins WHERE account = p_account
     ORDER BY last_seen DESC, network LIMIT p_most
$$;

-- How many an account has.
CREATE OR REPLACE FUNCTION policyd.logins_in_all(p_account text
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM policyd.login WHERE account = p_account
$$;

-- The next so many accounts that have logins.
CREATE OR REPLACE FUNCTION policyd.past_accounts(p_after text, p_most bigint
) RETURNS TABLE (account text) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT account FROM policyd.login
     WHERE account > p_after ORDER BY account LIMIT p_most
$$;

-- The last of them; no row if there are none.
CREATE OR REPLACE FUNCTION policyd.past_end(p_after text, p_most bigint
) RETURNS TABLE (account text) LANGUAGE sql STABLE AS $$
    SELECT account FROM policyd.past_accounts(p_after, p_most) page
     ORDER BY account COLLATE "C" DESC LIMIT 1
$$;

-- All logins of the accounts behind p_after, up to p_last. Other joins would
-- read all accounts for each page.
CREATE OR REPLACE FUNCTION policyd.past_logins(p_after text, p_last text
) RETURNS TABLE (
    account text, network cidr, country text, first bigint, last bigint,
    mails bigint, since bigint, asn bigint
) LANGUAGE sql STABLE SET enable_mergejoin = off SET enable_hashjoin = off
AS $$
    SELECT account, network, country, policyd.ms(first_seen),
           policyd.ms(last_seen), mails, policyd.ms(evidence_since), asn
      FROM policyd.logins
     WHERE account > p_after AND account <= p_last
     ORDER BY account, network
$$;
