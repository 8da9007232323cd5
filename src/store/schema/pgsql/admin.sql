-- admin.sql -- block and unblock by hand, expiry.
-- SPDX-License-Identifier: GPL-3.0-or-later

CREATE OR REPLACE FUNCTION policyd.block_account(
    p_account text, p_block_s integer,
    p_note text, p_notify text[], p_server text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO policyd.account (account) VALUES (p_account)
    ON CONFLICT DO NOTHING;
    PERFORM FROM policyd.account WHERE account = p_account FOR NO KEY UPDATE;
    PERFORM policyd.begin_block(p_account, 8, 0, 0, 0, p_note, NULL, '',
        coalesce(p_now, clock_timestamp()), p_block_s, p_notify, p_server);
END
$$;

-- Returns false if the account is not blocked.
CREATE OR REPLACE FUNCTION policyd.unblock_account(
    p_account text, p_notify text[],
    p_server text, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_until timestamptz;
    v_now   timestamptz;
BEGIN
    SELECT blocked_until INTO v_until FROM policyd.account
     WHERE account = p_account FOR NO KEY UPDATE;
    v_now := coalesce(p_now, clock_timestamp());
    IF v_until IS NULL THEN
        RETURN false;
    END IF;
    PERFORM policyd.end_block(p_account, least(v_until, v_now), p_notify,
                              p_server);
    RETURN v_until > v_now;
END
$$;

-- End the blocks whose time is over, at most p_most; returns how many.
CREATE OR REPLACE FUNCTION policyd.expire(
    p_most integer, p_notify text[], p_server text,
    p_now timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_now   timestamptz := coalesce(p_now, clock_timestamp());
    v_count integer := 0;
    v_row   record;
BEGIN
    FOR v_row IN
        SELECT a.account, a.blocked_until FROM policyd.account a
         WHERE a.account IN (SELECT account FROM policyd.block
                              WHERE ended_at IS NULL AND until <= v_now
                              LIMIT p_most)
           AND a.blocked_until <= v_now
           FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        PERFORM policyd.end_block(v_row.account, v_row.blocked_until,
                                  p_notify, p_server);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
