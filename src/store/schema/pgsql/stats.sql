-- stats.sql -- the views of views.sql as the program asks for them.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Each for all accounts and, where it has accounts, for one. They stand for
-- the view: what is asked of them is asked of it.

CREATE OR REPLACE FUNCTION policyd.logins() RETURNS TABLE (
    account text, network cidr, country text, first_seen timestamptz,
    last_seen timestamptz, mails bigint, evidence_since timestamptz,
    asn bigint
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.logins
$$;

CREATE OR REPLACE FUNCTION policyd.logins(p_account text) RETURNS TABLE (
    account text, network cidr, country text, first_seen timestamptz,
    last_seen timestamptz, mails bigint, evidence_since timestamptz,
    asn bigint
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.logins WHERE account = p_account
$$;

CREATE OR REPLACE FUNCTION policyd.stats_accounts() RETURNS TABLE (
    account text, mails bigint, networks bigint, countries bigint,
    first_seen timestamptz, last_seen timestamptz, asns bigint
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_accounts
$$;

CREATE OR REPLACE FUNCTION policyd.stats_accounts(p_account text
) RETURNS TABLE (
    account text, mails bigint, networks bigint, countries bigint,
    first_seen timestamptz, last_seen timestamptz, asns bigint
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_accounts WHERE account = p_account
$$;

CREATE OR REPLACE FUNCTION policyd.stats_account_countries(p_account text
) RETURNS TABLE (
    account text, country text, networks bigint, mails bigint,
    first_seen timestamptz, last_seen timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_account_countries WHERE account = p_account
$$;

CREATE OR REPLACE FUNCTION policyd.stats_countries() RETURNS TABLE (
    country text, accounts bigint, networks bigint, mails bigint,
    last_seen timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_countries
$$;

CREATE OR REPLACE FUNCTION policyd.stats_networks() RETURNS TABLE (
    network cidr, country text, accounts bigint, mails bigint,
    last_seen timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_networks
$$;

CREATE OR REPLACE FUNCTION policyd.stats_blocks() RETURNS TABLE (
    cause text, holding bigint, ended bigint, refused bigint,
    last_seen timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_blocks
$$;

CREATE OR REPLACE FUNCTION policyd.stats_totals() RETURNS TABLE (
    accounts bigint, networks bigint, countries bigint, mails bigint,
    blocked bigint, first_seen timestamptz, last_seen timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT * FROM policyd.stats_totals
$$;
