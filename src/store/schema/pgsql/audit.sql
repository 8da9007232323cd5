-- audit.sql -- who changed what.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Write one change down, within the transaction that makes it; nothing if
-- nobody is known to make it. What is older than 400 days goes, a few rows at
-- a time, so that the table stays as long as its time.
CREATE OR REPLACE FUNCTION policyd.note_change(p_actor text, p_origin text,
    p_action text, p_subject text, p_detail jsonb, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_actor IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO policyd.audit (at, actor, origin, action, subject, detail)
    VALUES (coalesce(p_now, clock_timestamp()), p_actor, p_origin, p_action,
            p_subject, coalesce(p_detail, '{}'));
    DELETE FROM policyd.audit a
     USING (SELECT id FROM policyd.audit ORDER BY id LIMIT 10) oldest
     WHERE a.id = oldest.id
       AND a.at < coalesce(p_now, clock_timestamp()) - interval '400 days';
END
$$;
