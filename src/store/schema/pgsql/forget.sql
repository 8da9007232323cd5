-- forget.sql -- delete what is known of one account.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- One kind of it; how many rows were changed. The names are those of the
-- statements forget_* of SQLite. told: servers forget what they have in memory.
CREATE OR REPLACE FUNCTION policyd.forget(p_account text, p_what text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint := 0;
BEGIN
    CASE p_what
    WHEN 'account' THEN
        DELETE FROM policyd.account WHERE account = p_account;
    WHEN 'logins' THEN
        DELETE FROM policyd.login WHERE account = p_account;
    WHEN 'block' THEN
        DELETE FROM policyd.block WHERE account = p_account;
    WHEN 'hits' THEN
        DELETE FROM policyd.hit WHERE account = p_account;
    WHEN 'would' THEN
        DELETE FROM policyd.would WHERE account = p_account;
    WHEN 'attempts' THEN
        DELETE FROM policyd.attempt WHERE account = p_account;
    WHEN 'outbox' THEN
        DELETE FROM policyd.outbox WHERE account = p_account;
    WHEN 'details' THEN
        UPDATE policyd.audit SET detail = '{}'
         WHERE subject = p_account AND detail <> '{}';
    WHEN 'news' THEN
        DELETE FROM policyd.news WHERE account = p_account;
        RETURN 0;
    WHEN 'told' THEN
        PERFORM policyd.tell_servers('unblock', p_account);
        RETURN 0;
    END CASE;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;
