-- audit.sql -- who changed what.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- The number of a change: a time, so that those of several databases (shards)
-- come in one order; 1024 in a millisecond.
CREATE OR REPLACE FUNCTION policyd.audit_id(p_at timestamptz) RETURNS bigint
LANGUAGE sql AS $$
    SELECT policyd.ms(p_at) * 1024
           + nextval(pg_get_serial_sequence('policyd.audit', 'id')) % 1024
$$;

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
    INSERT INTO policyd.audit (id, at, actor, origin, action, subject, detail)
    OVERRIDING SYSTEM VALUE
    VALUES (policyd.audit_id(coalesce(p_now, clock_timestamp())),
            coalesce(p_now, clock_timestamp()), p_actor, p_origin, p_action,
            p_subject, coalesce(p_detail, '{}'));
    DELETE FROM policyd.audit a
     USING (SELECT id FROM policyd.audit ORDER BY id LIMIT 10) oldest
     WHERE a.id = oldest.id
       AND a.at < coalesce(p_now, clock_timestamp()) - interval '400 days';
END
$$;

-- What the program writes down of a change that is no block.
CREATE OR REPLACE FUNCTION policyd.audit_add(p_subject text, p_now bigint,
    p_actor text, p_origin text, p_action text, p_detail jsonb
) RETURNS void LANGUAGE sql AS $$
    SELECT policyd.note_change(p_actor, p_origin, p_action, p_subject,
                               p_detail, policyd.moment(p_now))
$$;

-- The newest changes with numbers below p_before (0: all).
CREATE OR REPLACE FUNCTION policyd.audit_list(p_before bigint, p_most bigint
) RETURNS TABLE (
    id bigint, at bigint, actor text, origin text, action text, subject text,
    detail jsonb
) LANGUAGE sql STABLE AS $$
    SELECT id, policyd.ms(at), actor, origin, action, subject, detail
      FROM policyd.audit
     WHERE p_before = 0 OR id < p_before ORDER BY id DESC LIMIT p_most
$$;
