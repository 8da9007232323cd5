-- 006-keys.sql -- settings as JSON, who may use the store.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 6

-- compatible_from: programs of older versions cannot use the store since.
-- digest: of the views that were put in place last.
ALTER TABLE schema_version ADD COLUMN compatible_from INTEGER;
ALTER TABLE schema_version ADD COLUMN digest TEXT;
UPDATE schema_version SET compatible_from = version;

-- settings: an object with the keys of an entry of `overrides` in
-- policyd.yaml(5), but for account and comment; a limit is a number or
-- "unlimited", "per" is in seconds. What is not there is the general value.
-- A CHECK may not call functions of JSON: the schema is not trusted.
CREATE TABLE override_new (
    account      TEXT PRIMARY KEY,  -- lower case; '@domain' for all of it
    settings     TEXT NOT NULL DEFAULT '{}'
        CHECK (settings GLOB '{*}' AND
               settings NOT GLOB '*"per":[-0]*' AND
               settings NOT GLOB '*"per": [-0]*'),
    comment      TEXT NOT NULL DEFAULT '',
    author       TEXT NOT NULL DEFAULT '',
    changed_at   INTEGER NOT NULL,
    valid_until  INTEGER,           -- NULL: for ever
    position     INTEGER,           -- in the list of custom settings
    revision     INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

-- json_patch leaves out what is NULL.
INSERT INTO override_new
SELECT account, json_patch('{}', json_object(
           'countries', iif(countries = -1, 'unlimited', countries),
           'networks', iif(networks = -1, 'unlimited', networks),
           'only_countries', json(CASE
               WHEN only_countries = '' THEN '[]'
               ELSE '["' || replace(only_countries, ',', '","') || '"]' END),
           'only_networks', json(CASE
               WHEN only_networks = '' THEN '[]'
               ELSE '["' || replace(only_networks, ',', '","') || '"]' END),
           'rates', json(CASE WHEN rates IS NOT NULL THEN (
               SELECT json_group_array(json_object('mails', m.value,
                          'per', p.value))
                 FROM json_each('[' || rates || ']') m
                 JOIN json_each('[' || rates || ']') p ON p.key = m.key + 1
                WHERE m.key % 2 = 0 AND p.value > 0) END),
           'home', json(CASE WHEN coalesce(home, home_countries,
                                           home_networks) IS NOT NULL
               THEN json_object(
                   'countries', json(CASE
                       WHEN home = '' THEN '[]'
                       ELSE '["' || replace(home, ',', '","') || '"]' END),
                   'max_countries',
                   iif(home_countries = -1, 'unlimited', home_countries),
                   'max_networks',
                   iif(home_networks = -1, 'unlimited', home_networks))
               END))),
       comment, author, changed_at, valid_until, position, revision
  FROM override;
DROP TABLE override;
ALTER TABLE override_new RENAME TO override;
CREATE INDEX override_listed ON override (position)
    WHERE position IS NOT NULL;
