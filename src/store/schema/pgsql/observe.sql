-- observe.sql -- who would be blocked, and from where the blocked are used.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- See store/would_block.h and store/blocked_attempts.h.

-- p_rows: [[account, cause, found, allowed, per_s, milliseconds ago, seconds,
-- client, country], ...]
CREATE OR REPLACE FUNCTION policyd.would_put(p_rows jsonb, p_now bigint)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO policyd.would AS w (account, cause, found, allowed, per_s,
        began_at, until, last_seen, client, country)
    SELECT DISTINCT ON (r ->> 0) r ->> 0, (r ->> 1)::smallint,
           (r ->> 2)::integer, (r ->> 3)::integer, (r ->> 4)::integer, at,
           CASE (r ->> 6)::bigint WHEN 0 THEN 'infinity'
                ELSE at + make_interval(secs => (r ->> 6)::bigint) END, at,
           nullif(r ->> 7, '')::inet, r ->> 8
      FROM jsonb_array_elements(p_rows) r,
           LATERAL (SELECT policyd.moment(p_now) - make_interval(
                        secs => (r ->> 5)::bigint / 1000.0) AS at) a
     ORDER BY r ->> 0, at
    ON CONFLICT (account) DO UPDATE SET last_seen = excluded.last_seen
$$;

CREATE OR REPLACE FUNCTION policyd.would_forget(p_now bigint) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM policyd.would WHERE until <= policyd.moment(p_now)
$$;

CREATE OR REPLACE FUNCTION policyd.would_clear(p_now bigint) RETURNS void
LANGUAGE sql AS $$
    DELETE FROM policyd.would WHERE began_at <= policyd.moment(p_now)
$$;

-- As policyd.blocks_held.
CREATE OR REPLACE FUNCTION policyd.would_held(p_after text, p_now bigint,
    p_most bigint) RETURNS TABLE (account text, cause smallint, found integer,
    allowed integer, per_s integer, note text, began bigint, until bigint,
    ended bigint, attempts bigint, client text, country text)
LANGUAGE sql STABLE AS $$
    SELECT account, cause, found, allowed, per_s, '', policyd.ms(began_at),
           policyd.ms(until), 0::bigint, 0::bigint,
           coalesce(host(client), ''), country
      FROM policyd.would
     WHERE account > p_after AND until > policyd.moment(p_now)
     ORDER BY account LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd.would_count(p_now bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM policyd.would WHERE until > policyd.moment(p_now)
$$;

-- p_rows: [[account, network, country, autonomous system, milliseconds ago],
-- ...]
CREATE OR REPLACE FUNCTION policyd.attempts_put(p_rows jsonb, p_now bigint)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO policyd.attempt AS a (account, network, country, asn,
        first_seen, last_seen)
    SELECT r ->> 0, (r ->> 1)::cidr, max(r ->> 2), max((r ->> 3)::bigint),
           policyd.moment(p_now) - make_interval(
               secs => max((r ->> 4)::bigint) / 1000.0),
           policyd.moment(p_now) - make_interval(
               secs => min((r ->> 4)::bigint) / 1000.0)
      FROM jsonb_array_elements(p_rows) r
     GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (account, network) DO UPDATE
       SET country = excluded.country, asn = excluded.asn,
           first_seen = least(a.first_seen, excluded.first_seen),
           last_seen = greatest(a.last_seen, excluded.last_seen)
$$;

-- Of the accounts of p_rows the newest networks stay.
CREATE OR REPLACE FUNCTION policyd.attempts_trim(p_rows jsonb, p_most bigint)
RETURNS void LANGUAGE sql AS $$
    DELETE FROM policyd.attempt a
     USING (SELECT account, network, row_number() OVER (PARTITION BY account
                       ORDER BY last_seen DESC, network) AS place
              FROM policyd.attempt
             WHERE account IN (SELECT r ->> 0
                                 FROM jsonb_array_elements(p_rows) r)) n
     WHERE n.place > p_most AND a.account = n.account
       AND a.network = n.network
$$;

CREATE OR REPLACE FUNCTION policyd.attempts_forget(p_now bigint, p_seconds bigint,
    p_most bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM policyd.attempt WHERE (account, network) IN (
        SELECT account, network FROM policyd.attempt
         WHERE last_seen < policyd.moment(p_now)
                           - make_interval(secs => p_seconds)
         ORDER BY last_seen LIMIT p_most)
$$;

-- As policyd.logins_newest.
CREATE OR REPLACE FUNCTION policyd.attempts_of(p_account text, p_most bigint)
RETURNS TABLE (network cidr, country text, first_seen bigint,
    last_seen bigint, mails bigint, asn bigint) LANGUAGE sql STABLE AS $$
    SELECT network, country, policyd.ms(first_seen), policyd.ms(last_seen),
           0::bigint, asn
      FROM policyd.attempt WHERE account = p_account
     ORDER BY attempt.last_seen DESC, network LIMIT p_most
$$;

-- All of these accounts, as policyd.past_logins.
CREATE OR REPLACE FUNCTION policyd.past_attempts(p_after text, p_upto text)
RETURNS TABLE (account text, network cidr, country text, first_seen bigint,
    last_seen bigint, mails bigint, evidence_since bigint, asn bigint)
LANGUAGE sql STABLE AS $$
    SELECT account, network, country, policyd.ms(first_seen),
           policyd.ms(last_seen), 0::bigint, 0::bigint, asn
      FROM policyd.attempt
     WHERE account > p_after AND account <= p_upto ORDER BY account, network
$$;
