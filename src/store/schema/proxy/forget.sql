-- forget.sql -- delete what is known of one account, in its shard.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/forget.sql.

CREATE OR REPLACE FUNCTION policyd_shards.forget(p_account text, p_what text
) RETURNS bigint LANGUAGE plproxy AS $$
    CLUSTER 'policyd_slow'; RUN ON hashtext(p_account); TARGET policyd.forget;
$$;

-- Servers listen to the proxy.
CREATE OR REPLACE FUNCTION policyd.forget(p_account text, p_what text
) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF p_what = 'told' THEN
        PERFORM pg_notify('policyd', 'unblock ' || p_account);
        RETURN 0;
    END IF;
    RETURN policyd_shards.forget(p_account, p_what);
END
$$;
