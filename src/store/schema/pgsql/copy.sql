-- copy.sql -- take over what another store holds.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Milliseconds since 1970; 0 is NULL.
CREATE OR REPLACE FUNCTION policyd.at_ms(ms bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ms <> 0 THEN to_timestamp(ms / 1000.0) END
$$;

-- Take over accounts and their blocks from another store: what is here is kept
-- where it is newer. p_rows: [[account, since, cause, found, allowed, per_s,
-- note, began, until, ended, attempts, client, country], ...]; without a block
-- it ends behind since. Rows are locked in order of the account. The version is a
-- number that no program has given or will.
CREATE OR REPLACE FUNCTION policyd.load_accounts(p_rows jsonb) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO policyd.account AS a (account, evidence_since)
    SELECT r ->> 0, coalesce(policyd.at_ms((r ->> 1)::bigint), '-infinity')
      FROM jsonb_array_elements(p_rows) r ORDER BY (r ->> 0) COLLATE "C"
    ON CONFLICT (account) DO UPDATE SET
        evidence_since = greatest(a.evidence_since, excluded.evidence_since),
        version = (random() * 9e18)::bigint,
        complete_since = 9223372036854775807;
    INSERT INTO policyd.block AS b
    SELECT r ->> 0, (r ->> 2)::smallint, (r ->> 3)::integer,
           (r ->> 4)::integer, (r ->> 5)::integer, r ->> 6,
           policyd.at_ms((r ->> 7)::bigint),
           coalesce(policyd.at_ms((r ->> 8)::bigint), 'infinity'),
           policyd.at_ms((r ->> 9)::bigint), (r ->> 10)::bigint,
           nullif(r ->> 11, '')::inet, r ->> 12
      FROM jsonb_array_elements(p_rows) r
     WHERE jsonb_array_length(r) > 2 ORDER BY (r ->> 0) COLLATE "C"
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
      FROM jsonb_array_elements(p_rows) r, policyd.block b
     WHERE jsonb_array_length(r) > 2 AND a.account = r ->> 0
       AND b.account = r ->> 0
$$;

-- The same for logins: [[account, network, country, first, last, mails, asn],
-- ...], those of one account side by side.
CREATE OR REPLACE FUNCTION policyd.load_logins(p_rows jsonb) RETURNS void
LANGUAGE sql
SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
    WITH known AS MATERIALIZED (
        SELECT a.account
          FROM (SELECT DISTINCT (r ->> 0) COLLATE "C" AS account
                  FROM jsonb_array_elements(p_rows) r) n
          JOIN policyd.account a ON a.account = n.account
         ORDER BY a.account FOR NO KEY UPDATE OF a
    ) UPDATE policyd.account a
        SET version = (random() * 9e18)::bigint, complete_since = 9223372036854775807
        FROM known WHERE a.account = known.account;
    INSERT INTO policyd.login AS l (account, network, country, first_seen,
                                    last_seen, mails, asn)
    SELECT r ->> 0, (r ->> 1)::cidr, r ->> 2,
           policyd.at_ms((r ->> 3)::bigint), policyd.at_ms((r ->> 4)::bigint),
           (r ->> 5)::bigint, (r ->> 6)::bigint
      FROM jsonb_array_elements(p_rows) r
     ORDER BY (r ->> 0) COLLATE "C", (r ->> 1)::cidr
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
-- Of accounts that have a history; seen: their last mail; history: in hex.
CREATE OR REPLACE FUNCTION policyd.save_histories(p_after text, p_most bigint
) RETURNS TABLE (account text, seen bigint, history text)
LANGUAGE sql STABLE AS $$
    SELECT account, policyd.ms(last_seen), encode(history, 'hex')
      FROM policyd.account
     WHERE account > p_after AND history IS NOT NULL
     ORDER BY account LIMIT p_most
$$;

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
