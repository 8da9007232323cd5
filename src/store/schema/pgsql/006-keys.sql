-- 006-keys.sql -- order of keys, settings as JSON, who may use the store.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 6

-- compatible_from: programs of older versions cannot use the store since.
-- digest: of the functions and views that were put in place last.
ALTER TABLE policyd.schema_version
    ADD COLUMN compatible_from integer,
    ADD COLUMN digest text;
UPDATE policyd.schema_version SET compatible_from = version;

-- The functions of versions up to 5 go; what takes their place is made anew.
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT oid::regprocedure AS name FROM pg_proc
              WHERE pronamespace = 'policyd'::regnamespace
                AND proname IN ('rate_ring', 'rate_sum', 'rate_ask', 'event',
                    'begin_block', 'end_block', 'check', 'block_account',
                    'unblock_account', 'expire', 'clean_logins',
                    'clean_blocks', 'clean_accounts', 'clean_outbox',
                    'clean_hits', 'at_ms', 'load_accounts', 'load_logins',
                    'take_turn', 'reported', 'note_change', 'write_override',
                    'put_override', 'delete_override', 'replace_listed')
    LOOP
        EXECUTE format('DROP FUNCTION %s', r.name);
    END LOOP;
END
$$;

-- Keys are COLLATE "C": names are compared as bytes, as SQLite does, whatever
-- the collation of the database and its version. Views cannot stay while their
-- columns change: they are put back, with their grants.
DO $$
DECLARE
    r  record;
BEGIN
    CREATE TEMP TABLE policyd_views ON COMMIT DROP AS
    SELECT c.oid AS number, c.oid::regclass::text AS name,
           pg_get_viewdef(c.oid) AS body, c.relowner, c.relacl
      FROM pg_class c
     WHERE c.relnamespace = 'policyd'::regnamespace AND c.relkind = 'v';
    FOR r IN SELECT name FROM policyd_views ORDER BY number DESC LOOP
        EXECUTE format('DROP VIEW %s', r.name);
    END LOOP;

    ALTER TABLE policyd.account
        ALTER account TYPE text COLLATE "C",
        ALTER last_country TYPE text COLLATE "C";
    ALTER TABLE policyd.login
        ALTER account TYPE text COLLATE "C",
        ALTER country TYPE text COLLATE "C";
    ALTER TABLE policyd.block ALTER account TYPE text COLLATE "C";
    ALTER TABLE policyd.override ALTER account TYPE text COLLATE "C";
    ALTER TABLE policyd.outbox ALTER account TYPE text COLLATE "C";
    ALTER TABLE policyd.hit ALTER account TYPE text COLLATE "C";
    ALTER TABLE policyd.turn ALTER name TYPE text COLLATE "C";

    FOR r IN SELECT name, body FROM policyd_views ORDER BY number LOOP
        EXECUTE format('CREATE VIEW %s AS %s', r.name, r.body);
    END LOOP;
    FOR r IN SELECT v.name, x.privilege_type AS privilege,
                    CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                         ELSE x.grantee::regrole::text END AS grantee
               FROM policyd_views v, aclexplode(v.relacl) x
              WHERE x.grantee <> v.relowner
    LOOP
        EXECUTE format('GRANT %s ON %s TO %s', r.privilege, r.name,
                       r.grantee);
    END LOOP;
END
$$;

-- settings: an object with the keys of an entry of `overrides` in
-- policyd.yaml(5), but for account and comment; a limit is a number or
-- "unlimited", "per" is in seconds. What is not there is the general value.
ALTER TABLE policyd.override
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}'
        CHECK (jsonb_typeof(settings) = 'object' AND
               NOT jsonb_path_exists(settings, '$.rates[*].per ? (@ < 1)'));
CREATE FUNCTION policyd.limit_json(n integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN n = -1 THEN '"unlimited"'::jsonb ELSE to_jsonb(n) END
$$;
UPDATE policyd.override SET settings =
    jsonb_strip_nulls(jsonb_build_object(
        'countries', policyd.limit_json(countries),
        'networks', policyd.limit_json(networks),
        'home', CASE WHEN num_nonnulls(home, home_countries,
                                       home_networks) > 0
            THEN jsonb_build_object('countries', to_jsonb(home),
                'max_countries', policyd.limit_json(home_countries),
                'max_networks', policyd.limit_json(home_networks)) END,
        'only_countries', to_jsonb(only_countries),
        'only_networks', to_jsonb(only_networks),
        'rates', CASE WHEN rates IS NOT NULL THEN coalesce((
            SELECT jsonb_agg(jsonb_build_object('mails', rates[2 * i - 1],
                       'per', rates[2 * i]) ORDER BY i)
              FROM generate_series(1, array_length(rates, 1) / 2) i
             WHERE rates[2 * i] > 0), '[]') END));
DROP FUNCTION policyd.limit_json(integer);
ALTER TABLE policyd.override
    DROP COLUMN countries, DROP COLUMN networks, DROP COLUMN home,
    DROP COLUMN home_countries, DROP COLUMN home_networks,
    DROP COLUMN only_countries, DROP COLUMN only_networks,
    DROP COLUMN rates;
DROP SEQUENCE policyd.override_position;
CREATE INDEX override_listed ON policyd.override (position)
    WHERE position IS NOT NULL;
