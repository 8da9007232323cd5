-- forget.sql -- delete what is known of one account, in its shard.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The function of ../pgsql/forget.sql.

CREATE OR REPLACE FUNCTION policyd.forget(p_account text, p_what text
) RETURNS bigint LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;
