-- overrides.sql -- what administrators change, and who did it.
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

-- Write an override, as an object of the columns of the table. Returns its
-- revision, or NULL if that before was not the one expected (-1: any, 0: it
-- must be new). p_listed: it belongs to the custom settings from now on, as
-- the last of them unless it is in its place already.
CREATE OR REPLACE FUNCTION policyd.write_override(p_row jsonb, p_listed boolean,
    p_expected bigint, p_actor text, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n           policyd.override :=
                    jsonb_populate_record(NULL::policyd.override, p_row);
    v_now       timestamptz := coalesce(p_now, clock_timestamp());
    v_revision  bigint;
BEGIN
    INSERT INTO policyd.override AS o (account, countries, networks, home,
        home_countries, home_networks, only_countries, only_networks, rates,
        comment, author, changed_at, valid_until, position, revision)
    SELECT n.account, n.countries, n.networks, n.home, n.home_countries,
           n.home_networks, n.only_countries, n.only_networks, n.rates,
           coalesce(n.comment, ''), coalesce(p_actor, ''), v_now,
           n.valid_until,
           CASE WHEN p_listed THEN nextval('policyd.override_position') END,
           1
     WHERE p_expected <= 0
        OR EXISTS (SELECT FROM policyd.override x
                    WHERE x.account = n.account)
    ON CONFLICT (account) DO UPDATE SET
        countries = excluded.countries, networks = excluded.networks,
        home = excluded.home, home_countries = excluded.home_countries,
        home_networks = excluded.home_networks,
        only_countries = excluded.only_countries,
        only_networks = excluded.only_networks, rates = excluded.rates,
        comment = excluded.comment, author = excluded.author,
        changed_at = excluded.changed_at,
        valid_until = excluded.valid_until,
        position = coalesce(o.position, excluded.position),
        revision = o.revision + 1
     WHERE p_expected = -1 OR o.revision = p_expected
    RETURNING revision INTO v_revision;
    RETURN v_revision;
END
$$;

CREATE OR REPLACE FUNCTION policyd.put_override(p_row jsonb, p_listed boolean,
    p_expected bigint, p_actor text, p_origin text, p_detail jsonb,
    p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_revision bigint := policyd.write_override(p_row, p_listed, p_expected,
                                                p_actor, p_now);
BEGIN
    IF v_revision IS NOT NULL THEN
        PERFORM policyd.note_change(p_actor, p_origin, 'override.put',
            p_row ->> 'account', p_detail, p_now);
    END IF;
    RETURN v_revision;
END
$$;

-- p_listed: only if it is one of the custom settings.
CREATE OR REPLACE FUNCTION policyd.delete_override(
    p_account text, p_listed boolean,
    p_expected bigint, p_actor text, p_origin text, p_now timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM policyd.override
     WHERE account = p_account AND (position IS NOT NULL OR NOT p_listed)
       AND (p_expected = -1 OR revision = p_expected);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM policyd.note_change(p_actor, p_origin, 'override.delete',
                                p_account, NULL, p_now);
    RETURN true;
END
$$;

-- Make the custom settings these, in this order: all or nothing. What they
-- cannot say (rates, valid_until) an account that is named keeps.
CREATE OR REPLACE FUNCTION policyd.replace_listed(p_rows jsonb, p_actor text,
    p_origin text, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_row  jsonb;
    v_old  policyd.override;
BEGIN
    LOCK TABLE policyd.override IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM policyd.override
     WHERE position IS NOT NULL
       AND account NOT IN (SELECT x ->> 'account'
                             FROM jsonb_array_elements(p_rows) x);
    UPDATE policyd.override SET position = NULL WHERE position IS NOT NULL;
    FOR v_row IN SELECT x FROM jsonb_array_elements(p_rows)
                          WITH ORDINALITY AS e (x, i) ORDER BY i
    LOOP
        SELECT * INTO v_old FROM policyd.override
         WHERE account = v_row ->> 'account';
        IF FOUND THEN
            v_row := v_row || jsonb_build_object('rates', v_old.rates,
                                         'valid_until', v_old.valid_until);
        END IF;
        PERFORM policyd.write_override(v_row, true, -1, p_actor, p_now);
    END LOOP;
    PERFORM policyd.note_change(p_actor, p_origin, 'overrides.replace', '',
        jsonb_build_object('count', jsonb_array_length(p_rows)), p_now);
END
$$;
