-- outbox.sql -- what is to be told to somebody.
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Add a row that is due in so many seconds.
CREATE OR REPLACE FUNCTION policyd.outbox_add(p_account text, p_now bigint,
    p_channel text, p_kind text, p_event jsonb, p_recipients text,
    p_delay_s integer
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO policyd.outbox (created_at, channel, kind, account, event,
                                recipients, next_try)
    VALUES (policyd.moment(p_now), p_channel, p_kind, p_account, p_event,
            p_recipients,
            policyd.moment(p_now) + make_interval(secs => p_delay_s))
$$;

-- Is anything due? p_channel NULL: of all ways of telling. A row if so.
CREATE OR REPLACE FUNCTION policyd.outbox_is_due(p_channel text, p_now bigint
) RETURNS TABLE (is_due integer) LANGUAGE sql STABLE AS $$
    SELECT 1 FROM policyd.outbox
     WHERE ended_at IS NULL AND next_try <= policyd.moment(p_now)
       AND (p_channel IS NULL OR channel = p_channel) LIMIT 1
$$;

-- What is due, the earliest first, to be leased in this transaction. Two
-- servers never wait for, nor take, the same.
CREATE OR REPLACE FUNCTION policyd.outbox_due(p_channel text, p_now bigint,
    p_most bigint
) RETURNS TABLE (
    id bigint, channel text, kind text, account text, event jsonb,
    recipients text, created bigint, attempts integer, due bigint
) LANGUAGE sql AS $$
    SELECT id, channel, kind, account, event, recipients,
           policyd.ms(created_at), attempts + 1, policyd.ms(next_try)
      FROM policyd.outbox
     WHERE ended_at IS NULL AND next_try <= policyd.moment(p_now)
       AND (p_channel IS NULL OR channel = p_channel)
     ORDER BY next_try, id LIMIT p_most FOR UPDATE SKIP LOCKED
$$;

-- Nobody else gets it for so many seconds. A row if it is still to be had:
-- somebody may have taken it where outbox_due was another transaction.
CREATE OR REPLACE FUNCTION policyd.outbox_lease(p_id bigint, p_now bigint,
    p_lease_s integer
) RETURNS TABLE (is_leased integer) LANGUAGE sql AS $$
    UPDATE policyd.outbox SET attempts = attempts + 1,
           next_try = policyd.moment(p_now)
                      + make_interval(secs => p_lease_s)
     WHERE id = p_id AND ended_at IS NULL
       AND next_try <= policyd.moment(p_now)
    RETURNING 1
$$;

-- It was told, or is given up.
CREATE OR REPLACE FUNCTION policyd.outbox_end(p_id bigint, p_now bigint,
    p_error text
) RETURNS void LANGUAGE sql AS $$
    UPDATE policyd.outbox SET ended_at = policyd.moment(p_now),
           error = p_error
     WHERE id = p_id
$$;

-- It is to be tried again; p_uncounted 1: the try does not count.
CREATE OR REPLACE FUNCTION policyd.outbox_delay(p_id bigint, p_now bigint,
    p_delay_s integer, p_uncounted integer, p_recipients text, p_error text
) RETURNS void LANGUAGE sql AS $$
    UPDATE policyd.outbox SET
           next_try = policyd.moment(p_now)
                      + make_interval(secs => p_delay_s),
           attempts = attempts - p_uncounted, recipients = p_recipients,
           error = p_error
     WHERE id = p_id
$$;

-- What is blocked, laid over and waiting to be told; of all ways of telling,
-- then of each, how many and since when.
CREATE OR REPLACE FUNCTION policyd.totals(p_now bigint) RETURNS TABLE (
    blocked bigint, overrides bigint, outbox bigint, outbox_since bigint,
    mail bigint, mail_since bigint, account bigint, account_since bigint,
    exec bigint, exec_since bigint, webhook bigint, webhook_since bigint,
    report bigint, report_since bigint
) LANGUAGE sql STABLE AS $$
    SELECT (SELECT count(*) FROM policyd.block
             WHERE ended_at IS NULL AND until > policyd.moment(p_now)),
           (SELECT count(*) FROM policyd.override),
           count(*), policyd.ms(min(created_at)),
           count(*) FILTER (WHERE channel = 'mail'),
           policyd.ms(min(created_at) FILTER (WHERE channel = 'mail')),
           count(*) FILTER (WHERE channel = 'account'),
           policyd.ms(min(created_at) FILTER (WHERE channel = 'account')),
           count(*) FILTER (WHERE channel = 'exec'),
           policyd.ms(min(created_at) FILTER (WHERE channel = 'exec')),
           count(*) FILTER (WHERE channel = 'webhook'),
           policyd.ms(min(created_at) FILTER (WHERE channel = 'webhook')),
           count(*) FILTER (WHERE channel = 'report'),
           policyd.ms(min(created_at) FILTER (WHERE channel = 'report'))
      FROM policyd.outbox WHERE ended_at IS NULL
$$;
