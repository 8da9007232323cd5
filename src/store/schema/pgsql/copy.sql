-- copy.sql -- take over what another store holds.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Milliseconds since 1970; 0 is NULL.
CREATE OR REPLACE FUNCTION policyd.at_ms(ms bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ms <> 0 THEN to_timestamp(ms / 1000.0) END
$$;

-- Take over accounts and their blocks from another store: what is here is kept
-- where it is newer. p_rows: what store/pgsql/copy.c writes.
CREATE OR REPLACE FUNCTION policyd.load_accounts(p_rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM jsonb_to_recordset(p_rows) AS x(account text,
                 since bigint, has_block boolean, cause integer, found integer,
                 allowed integer, per_s integer, note text, began bigint,
                 until bigint, ended bigint, attempts bigint, client text,
                 country text) ORDER BY account
    LOOP
        INSERT INTO policyd.account AS a (account, evidence_since)
        VALUES (r.account, coalesce(policyd.at_ms(r.since), '-infinity'))
        ON CONFLICT (account) DO UPDATE SET
            evidence_since = greatest(a.evidence_since,
                                      excluded.evidence_since),
            version = (random() * 9e18)::bigint,
            complete_since = 9223372036854775807;
        CONTINUE WHEN NOT r.has_block;
        INSERT INTO policyd.block AS b VALUES (r.account, r.cause, r.found,
            r.allowed, r.per_s, r.note, policyd.at_ms(r.began),
            coalesce(policyd.at_ms(r.until), 'infinity'),
            policyd.at_ms(r.ended), r.attempts, nullif(r.client, '')::inet,
            r.country)
        ON CONFLICT (account) DO UPDATE SET
            cause = excluded.cause, found = excluded.found,
            allowed = excluded.allowed, per_s = excluded.per_s,
            note = excluded.note, began_at = excluded.began_at,
            until = excluded.until, ended_at = excluded.ended_at,
            attempts = excluded.attempts, client = excluded.client,
            country = excluded.country
        WHERE b.began_at < excluded.began_at;
        UPDATE policyd.account a
           SET blocked_until = CASE WHEN b.ended_at IS NULL THEN b.until END
          FROM policyd.block b
         WHERE a.account = r.account AND b.account = r.account;
    END LOOP;
END
$$;

-- The same for logins. The version is a number that no program has given or will.
CREATE OR REPLACE FUNCTION policyd.load_logins(p_rows jsonb) RETURNS void
LANGUAGE sql AS $$
    WITH known AS MATERIALIZED (
        SELECT account FROM policyd.account
         WHERE account IN (SELECT x->>'account'
                             FROM jsonb_array_elements(p_rows) x)
         ORDER BY account FOR NO KEY UPDATE
    ) UPDATE policyd.account a
        SET version = (random() * 9e18)::bigint, complete_since = 9223372036854775807
        FROM known WHERE a.account = known.account;
    INSERT INTO policyd.login AS l (account, network, country, first_seen,
                                    last_seen, mails, asn)
    SELECT account, network, country, policyd.at_ms(first),
           policyd.at_ms(last), mails, asn
      FROM jsonb_to_recordset(p_rows) AS x(account text, network cidr,
               country text, first bigint, last bigint, mails bigint,
               asn bigint)
     ORDER BY account, network
    ON CONFLICT (account, network) DO UPDATE SET
        country = CASE WHEN l.last_seen < excluded.last_seen
                       THEN excluded.country ELSE l.country END,
        asn = CASE WHEN l.last_seen < excluded.last_seen
                   THEN excluded.asn ELSE l.asn END,
        first_seen = least(l.first_seen, excluded.first_seen),
        last_seen = greatest(l.last_seen, excluded.last_seen),
        mails = greatest(l.mails, excluded.mails)
$$;

-- Pages of what is here, behind a key, for another store.
CREATE OR REPLACE FUNCTION policyd.save_accounts(p_after text, p_most bigint
) RETURNS TABLE (account text, since bigint) LANGUAGE sql STABLE AS $$
    SELECT account, policyd.ms(evidence_since) FROM policyd.account
     WHERE account > p_after ORDER BY account LIMIT p_most
$$;

-- The last blocks of the accounts behind p_after, up to p_last.
CREATE OR REPLACE FUNCTION policyd.save_blocks(p_after text, p_last text
) RETURNS TABLE (
    account text, cause integer, found integer, allowed integer,
    per_s integer, note text, began bigint, until bigint, ended bigint,
    attempts bigint, client text, country text
) LANGUAGE sql STABLE AS $$
    SELECT account, cause, found, allowed, per_s, note, policyd.ms(began_at),
           policyd.ms(until), policyd.ms(ended_at), attempts,
           coalesce(host(client), ''), country
      FROM policyd.block WHERE account > p_after AND account <= p_last
     ORDER BY account
$$;

CREATE OR REPLACE FUNCTION policyd.save_logins(p_after text, p_network text,
    p_most bigint
) RETURNS TABLE (
    account text, network cidr, country text, first bigint, last bigint,
    mails bigint, asn bigint
) LANGUAGE sql STABLE AS $$
    SELECT account, network, country, policyd.ms(first_seen),
           policyd.ms(last_seen), mails, asn
      FROM policyd.logins
     WHERE (account, network) > (p_after,
               coalesce(nullif(p_network, ''), '0.0.0.0/0')::cidr)
     ORDER BY account, network LIMIT p_most
$$;
