-- outbox.sql -- what is to be told to somebody, in all shards.
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- The functions of ../pgsql/outbox.sql.
--
-- The number of a row is 1024 times that in its shard, and the shard. A row is
-- leased after it was found, each by itself: who comes too late has no lease.

CREATE OR REPLACE FUNCTION policyd.outbox_add(p_account text, p_now bigint,
    p_channel text, p_kind text, p_event jsonb, p_recipients text,
    p_delay_s integer
) RETURNS void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(hashtext(p_account)); RUN ON hashtext(p_account);
$$;

CREATE OR REPLACE FUNCTION policyd_shards.outbox_is_due(p_shards integer[],
    p_channel text, p_now bigint
) RETURNS TABLE (is_due integer) LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON pg_catalog.unnest(p_shards);
    SELECT * FROM policyd.outbox_is_due(p_channel, p_now);
$$;

CREATE OR REPLACE FUNCTION policyd.outbox_is_due(p_channel text, p_now bigint
) RETURNS TABLE (is_due integer) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.outbox_is_due(policyd.shards_here(),
        p_channel, p_now) LIMIT 1
$$;

CREATE OR REPLACE FUNCTION policyd_shards.outbox_due(p_shard integer,
    p_channel text, p_now bigint, p_most bigint
) RETURNS TABLE (
    id bigint, channel text, kind text, account text, event jsonb,
    recipients text, created bigint, attempts integer, due bigint
) LANGUAGE plproxy AS $$
    CLUSTER 'policyd'; RUN ON p_shard;
    SELECT * FROM policyd.outbox_due(p_channel, p_now, p_most);
$$;

CREATE OR REPLACE FUNCTION policyd.outbox_due(p_channel text, p_now bigint,
    p_most bigint
) RETURNS TABLE (
    id bigint, channel text, kind text, account text, event jsonb,
    recipients text, created bigint, attempts integer, due bigint
) LANGUAGE sql AS $$
    SELECT o.id * 1024 + s, o.channel, o.kind, o.account, o.event,
           o.recipients, o.created, o.attempts, o.due
      FROM unnest(policyd.shards_here()) s,
           policyd_shards.outbox_due(s, p_channel, p_now, p_most) o
     ORDER BY o.due, 1 LIMIT p_most
$$;

CREATE OR REPLACE FUNCTION policyd_shards.outbox_lease(p_shard integer,
    p_id bigint, p_now bigint, p_lease_s integer
) RETURNS TABLE (is_leased integer) LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(p_shard); RUN ON p_shard;
    SELECT * FROM policyd.outbox_lease(p_id, p_now, p_lease_s);
$$;

CREATE OR REPLACE FUNCTION policyd.outbox_lease(p_id bigint, p_now bigint,
    p_lease_s integer
) RETURNS TABLE (is_leased integer) LANGUAGE sql AS $$
    SELECT * FROM policyd_shards.outbox_lease((p_id % 1024)::integer,
        p_id / 1024, p_now, p_lease_s)
$$;

CREATE OR REPLACE FUNCTION policyd_shards.outbox_end(p_shard integer,
    p_id bigint, p_now bigint, p_error text
) RETURNS SETOF void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(p_shard); RUN ON p_shard;
    SELECT policyd.outbox_end(p_id, p_now, p_error);
$$;

CREATE OR REPLACE FUNCTION policyd.outbox_end(p_id bigint, p_now bigint,
    p_error text
) RETURNS void LANGUAGE sql AS $$
    SELECT policyd_shards.outbox_end((p_id % 1024)::integer, p_id / 1024,
        p_now, p_error)
$$;

CREATE OR REPLACE FUNCTION policyd_shards.outbox_delay(p_shard integer,
    p_id bigint, p_now bigint, p_delay_s integer, p_uncounted integer,
    p_recipients text, p_error text
) RETURNS SETOF void LANGUAGE plproxy AS $$
    CLUSTER policyd.slow(p_shard); RUN ON p_shard;
    SELECT policyd.outbox_delay(p_id, p_now, p_delay_s, p_uncounted,
        p_recipients, p_error);
$$;

CREATE OR REPLACE FUNCTION policyd.outbox_delay(p_id bigint, p_now bigint,
    p_delay_s integer, p_uncounted integer, p_recipients text, p_error text
) RETURNS void LANGUAGE sql AS $$
    SELECT policyd_shards.outbox_delay((p_id % 1024)::integer, p_id / 1024,
        p_now, p_delay_s, p_uncounted, p_recipients, p_error)
$$;

CREATE OR REPLACE FUNCTION policyd.totals(p_now bigint
) RETURNS TABLE (
    blocked bigint, overrides bigint, outbox bigint, outbox_since bigint,
    mail bigint, mail_since bigint, account bigint, account_since bigint,
    exec bigint, exec_since bigint, webhook bigint, webhook_since bigint,
    report bigint, report_since bigint
) LANGUAGE sql AS $$
    SELECT sum(blocked)::bigint, (SELECT count(*) FROM
               policyd.overrides_after('', 9223372036854775807)),
           sum(outbox)::bigint, min(nullif(outbox_since, 0)),
           sum(mail)::bigint, min(nullif(mail_since, 0)),
           sum(account)::bigint, min(nullif(account_since, 0)),
           sum(exec)::bigint, min(nullif(exec_since, 0)),
           sum(webhook)::bigint, min(nullif(webhook_since, 0)),
           sum(report)::bigint, min(nullif(report_since, 0))
      FROM policyd_shards.totals(p_now)
$$;

-- What is asked of all shards.
SELECT policyd.ask_all('totals');
