-- 006-keys.sql -- keys in the order of their bytes; who may use the store.
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
