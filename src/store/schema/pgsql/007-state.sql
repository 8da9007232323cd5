-- 007-state.sql -- what is remembered of an account, decided in the program.
-- SPDX-License-Identifier: GPL-3.0-or-later
-- compatible-from: 7

-- version: another one with each change. complete_since: `places` has every
-- login seen after this (milliseconds since 1970; the greatest number: none).
-- places: the networks of the window, at most 64, one a line: network, country
-- ("--": not known), autonomous system, last seen, last_seen of its row in
-- policyd.login, mails that row does not have yet (view policyd.logins adds
-- them). mail_hash: the mail counted last. rings and mail_hashes: of rates, 64
-- bytes a rule and 8 a mail, see store/rates.h and store/account_state.h.
ALTER TABLE policyd.account
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    ADD COLUMN complete_since bigint NOT NULL DEFAULT 9223372036854775807,
    ADD COLUMN places text NOT NULL DEFAULT '',
    ADD COLUMN mail_hash bigint NOT NULL DEFAULT 0,
    ADD COLUMN rings bytea,
    ADD COLUMN mail_hashes bytea;

-- The number of the autonomous system the network is in; 0: not known.
ALTER TABLE policyd.login ADD COLUMN asn bigint NOT NULL DEFAULT 0;

-- What the row had pending goes to its login.
INSERT INTO policyd.login AS l (account, network, country, first_seen,
                                last_seen, mails)
SELECT account, last_network, last_country, written_at, last_seen, pending
  FROM policyd.account
 WHERE last_network IS NOT NULL AND (pending > 0 OR last_seen > written_at)
ON CONFLICT (account, network) DO UPDATE
   SET mails = l.mails + excluded.mails,
       last_seen = greatest(l.last_seen, excluded.last_seen);

-- Bytes of a number, the lowest first.
CREATE FUNCTION policyd.bytes_of(n bigint, count integer) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(substring(int8send(n) FROM 9 - j FOR 1), ''::bytea
                      ORDER BY j)
      FROM generate_series(1, count) j
$$;

UPDATE policyd.account SET
    rings = (SELECT string_agg(policyd.bytes_of(n,
                 CASE WHEN (k - 1) % 15 = 1 THEN 8 ELSE 4 END), ''::bytea
                 ORDER BY k)
               FROM unnest(rates) WITH ORDINALITY AS r (n, k)),
    mail_hashes = (SELECT string_agg(policyd.bytes_of(n, 8), ''::bytea
                                     ORDER BY k)
                     FROM unnest(instances) WITH ORDINALITY AS r (n, k))
 WHERE rates IS NOT NULL OR instances IS NOT NULL;

DROP FUNCTION policyd.bytes_of(bigint, integer);

-- What of it the program does itself now goes; the view is replaced again
-- behind all migrations.
CREATE OR REPLACE VIEW policyd.logins AS
SELECT l.account, l.network, l.country, l.first_seen, l.last_seen, l.mails,
       coalesce(a.evidence_since, '-infinity') AS evidence_since
  FROM policyd.login l
  LEFT JOIN policyd.account a ON a.account = l.account;
ALTER TABLE policyd.account
    DROP COLUMN last_network, DROP COLUMN last_country,
    DROP COLUMN written_at, DROP COLUMN pending, DROP COLUMN last_instance,
    DROP COLUMN countries, DROP COLUMN networks,
    DROP COLUMN home_countries, DROP COLUMN home_networks,
    DROP COLUMN counted_with, DROP COLUMN counted_until,
    DROP COLUMN rates, DROP COLUMN instances;
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT oid::regprocedure AS name FROM pg_proc
              WHERE pronamespace = 'policyd'::regnamespace
                AND proname IN ('rate_ring', 'rate_sum', 'rate_ask',
                    'begin_block', 'end_block', 'check', 'block_account',
                    'unblock_account', 'expire')
    LOOP
        EXECUTE format('DROP FUNCTION %s', r.name);
    END LOOP;
END
$$;
