-- overrides.sql -- settings of accounts and domains, read and changed.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- An override as the program reads it.
CREATE OR REPLACE FUNCTION policyd.override_find(p_account text
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer
) LANGUAGE sql STABLE AS $$
    SELECT account, settings, comment, author, policyd.ms(changed_at),
           policyd.ms(valid_until), revision,
           (position IS NOT NULL)::integer
      FROM policyd.override WHERE account = p_account
$$;

-- A page, in order of the account.
CREATE OR REPLACE FUNCTION policyd.overrides_after(p_after text, p_most bigint
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer
) LANGUAGE sql STABLE AS $$
    SELECT account, settings, comment, author, policyd.ms(changed_at),
           policyd.ms(valid_until), revision,
           (position IS NOT NULL)::integer
      FROM policyd.override WHERE account > p_after
     ORDER BY account LIMIT p_most
$$;

-- The custom settings, in their own order.
CREATE OR REPLACE FUNCTION policyd.overrides_listed(p_most bigint
) RETURNS TABLE (
    account text, settings jsonb, comment text, author text, changed bigint,
    valid_until bigint, revision bigint, is_listed integer, place bigint
) LANGUAGE sql STABLE AS $$
    SELECT account, settings, comment, author, policyd.ms(changed_at),
           policyd.ms(valid_until), revision, 1, position
      FROM policyd.override WHERE position IS NOT NULL
     ORDER BY position, account LIMIT p_most
$$;

-- Those of a list of accounts and domains that have one.
CREATE OR REPLACE FUNCTION policyd.overrides_among(p_accounts jsonb
) RETURNS TABLE (account text) LANGUAGE sql STABLE AS $$
    SELECT account FROM policyd.override
     WHERE account = ANY (ARRAY(SELECT jsonb_array_elements_text(p_accounts)))
$$;

-- Write one. p_valid_until 0: for ever; p_listed 1: one of the custom settings
-- (behind those that are: a place is a time, so that it is so wherever they
-- are kept); p_expected: the revision, -1: any, 0: none. A row with the new
-- revision if it was as expected.
CREATE OR REPLACE FUNCTION policyd.override_put(p_account text,
    p_settings jsonb, p_comment text, p_author text, p_now bigint,
    p_valid_until bigint, p_listed integer, p_expected bigint
) RETURNS TABLE (revision bigint) LANGUAGE sql AS $$
    INSERT INTO policyd.override AS o (account, settings, comment, author,
           changed_at, valid_until, position, revision)
    SELECT p_account, p_settings, p_comment, p_author, policyd.moment(p_now),
           policyd.at_ms(p_valid_until),
           CASE WHEN p_listed = 1 THEN
               (SELECT greatest(max(position) + 1,
                                policyd.ms(policyd.moment(p_now)))
                  FROM policyd.override) END, 1
     WHERE p_expected <= 0
        OR EXISTS (SELECT FROM policyd.override WHERE account = p_account)
    ON CONFLICT (account) DO UPDATE SET
           settings = excluded.settings, comment = excluded.comment,
           author = excluded.author, changed_at = excluded.changed_at,
           valid_until = excluded.valid_until,
           position = coalesce(o.position, excluded.position),
           revision = o.revision + 1
     WHERE p_expected = -1 OR o.revision = p_expected
    RETURNING revision
$$;

-- p_only_listed 1: only one of the custom settings. A row if it is gone.
CREATE OR REPLACE FUNCTION policyd.override_delete(p_account text,
    p_only_listed integer, p_expected bigint
) RETURNS TABLE (revision bigint) LANGUAGE sql AS $$
    DELETE FROM policyd.override
     WHERE account = p_account AND (position IS NOT NULL OR p_only_listed = 0)
       AND (p_expected = -1 OR revision = p_expected)
    RETURNING revision
$$;

-- Nobody else changes any until the end of the transaction. An autovacuum of a
-- table of which much was changed gives way, but after deadlock_timeout only.
CREATE OR REPLACE FUNCTION policyd.overrides_lock() RETURNS void
LANGUAGE plpgsql SET lock_timeout = '10s' AS $$
BEGIN
    LOCK TABLE policyd.override IN SHARE ROW EXCLUSIVE MODE;
END
$$;

-- Of the custom settings these accounts stay, for listed_put to write.
CREATE OR REPLACE FUNCTION policyd.listed_delete(p_keep jsonb) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM policyd.override
     WHERE position IS NOT NULL
       AND account NOT IN (SELECT jsonb_array_elements_text(p_keep))
$$;

-- How many of these listed_put would change.
CREATE OR REPLACE FUNCTION policyd.listed_changed(p_rows jsonb) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*)
      FROM jsonb_array_elements(p_rows) r
      LEFT JOIN policyd.override o ON o.account = r ->> 0
     WHERE o.account IS NULL
        OR (o.settings, o.comment, o.position) IS DISTINCT FROM
           (CASE WHEN o.settings ? 'rates'
                THEN jsonb_set(r -> 1, '{rates}', o.settings -> 'rates')
                ELSE (r -> 1) - 'rates' END, r ->> 2, (r ->> 3)::bigint)
$$;

CREATE OR REPLACE FUNCTION policyd.listed_count() RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM policyd.override WHERE position IS NOT NULL
$$;

-- [[account, settings, comment, place], ...]. Rates, which these lists cannot
-- say, stay what they were.
CREATE OR REPLACE FUNCTION policyd.listed_put(p_rows jsonb, p_author text,
    p_now bigint
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO policyd.override AS o (account, settings, comment, author,
           changed_at, position, revision)
    SELECT r ->> 0, r -> 1, r ->> 2, p_author, policyd.moment(p_now),
           (r ->> 3)::bigint, 1
      FROM jsonb_array_elements(p_rows) r
    ON CONFLICT (account) DO UPDATE SET
           settings = CASE WHEN o.settings ? 'rates'
               THEN jsonb_set(excluded.settings, '{rates}',
                              o.settings -> 'rates')
               ELSE excluded.settings - 'rates' END,
           comment = excluded.comment, author = excluded.author,
           changed_at = excluded.changed_at, position = excluded.position,
           revision = o.revision + 1
     WHERE (o.settings, o.comment, o.position) IS DISTINCT FROM
           (CASE WHEN o.settings ? 'rates'
                THEN jsonb_set(excluded.settings, '{rates}',
                               o.settings -> 'rates')
                ELSE excluded.settings - 'rates' END,
            excluded.comment, excluded.position)
$$;

-- Who changes overrides changes their revision, to a number that was not there
-- before, even if the last changes were lost with a server that failed; and
-- tells the servers that remember what they allowed. Once a transaction: whoever
-- asks for the revision would have to pass over all the others.
CREATE OR REPLACE FUNCTION policyd.overrides_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM policyd.news
                WHERE xact = pg_current_xact_id() AND what = 'overrides') THEN
        RETURN NULL;
    END IF;
    UPDATE policyd.revision SET revision = (random() * 9e18)::bigint
     WHERE of = 'overrides';
    PERFORM policyd.tell_servers('overrides', '');
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS changed ON policyd.override;
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON policyd.override FOR EACH STATEMENT
    EXECUTE FUNCTION policyd.overrides_changed();

-- A server lets logins pass from memory for so many milliseconds: all count
-- logins so much longer from now on. Those that have accounts in memory notice
-- it, as they notice changes of overrides.
CREATE OR REPLACE FUNCTION policyd.memory_for(p_ms bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE policyd.revision SET revision = p_ms
     WHERE of = 'memory' AND revision < p_ms;
    IF FOUND THEN
        UPDATE policyd.revision SET revision = (random() * 9e18)::bigint
         WHERE of = 'overrides';
    END IF;
END
$$;
