/*
 * dump.c -- how to read all that a store holds, in one form for both sides.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dump.h"

#include <stddef.h>

/* PostgreSQL: a time in milliseconds; a network without a host's prefix. */
#define MS(column)                                                             \
	"CASE WHEN isfinite(" column ") THEN (extract(epoch FROM " column      \
	") * 1000)::bigint WHEN " column " > now() "                           \
	"THEN 9223372036854775807 ELSE 0 END"
#define NET(column)                                                            \
	"CASE WHEN masklen(" column ") = CASE family(" column ") WHEN 4 "      \
	"THEN 32 ELSE 128 END THEN host(" column ") ELSE " column "::text END"

const struct dump_query dump_queries[] = {
	{ "account",
	    "SELECT account, evidence_since, blocked_until, last_seen, "
	    "rated_at FROM account ORDER BY account",
	    "SELECT account, " MS("evidence_since") ", "
	    "CASE WHEN blocked_until IS NOT NULL THEN " MS("blocked_until")
	    " END, coalesce(" MS("last_seen") ", 0), coalesce("
	    MS("rated_at") ", 0) FROM policyd.account ORDER BY account COLLATE \"C\"" },
	{ "logins",
	    "SELECT account, network, country, first_seen, last_seen, mails "
	    "FROM logins ORDER BY account, network",
	    "SELECT account, " NET("network") ", country, " MS("first_seen")
	    ", " MS("last_seen") ", mails FROM policyd.logins "
	    "ORDER BY account COLLATE \"C\", (" NET("network")
	    ") COLLATE \"C\"" },
	{ "block",
	    "SELECT * FROM block ORDER BY account",
	    "SELECT account, cause, found, allowed, per_s, note, "
	    MS("began_at") ", " MS("until") ", CASE WHEN ended_at IS NOT NULL "
	    "THEN " MS("ended_at") " END, attempts, "
	    "coalesce(host(client), ''), country FROM policyd.block "
	    "ORDER BY account COLLATE \"C\"" },
	{ "hit",
	    "SELECT * FROM hit ORDER BY account, cause, allowed, per_s",
	    "SELECT account, cause, allowed, per_s, times, " MS("first_seen")
	    ", " MS("last_seen") " FROM policyd.hit "
	    "ORDER BY account COLLATE \"C\", cause, allowed, per_s" },
	{ "outbox",
	    "SELECT channel, kind, account, created_at, next_try, attempts, "
	    "ended_at, error, recipients FROM outbox ORDER BY account, id",
	    "SELECT channel, kind, account, " MS("created_at") ", "
	    MS("next_try") ", attempts, CASE WHEN ended_at IS NOT NULL THEN "
	    MS("ended_at") " END, error, recipients "
	    "FROM policyd.outbox ORDER BY account COLLATE \"C\", id" },
	{ "events",
	    "SELECT o.account, o.kind, e.key, e.value FROM outbox o, "
	    "json_each(o.event) e WHERE e.key <> 'logins' "
	    "ORDER BY o.account, o.id, e.key",
	    "SELECT o.account, o.kind, e.key, e.value FROM policyd.outbox o, "
	    "jsonb_each_text(o.event) e WHERE e.key <> 'logins' "
	    "ORDER BY o.account COLLATE \"C\", o.id, e.key COLLATE \"C\"" },
	{ "logins of events",
	    "SELECT o.account, o.kind, l.key, e.key, e.value FROM outbox o, "
	    "json_each(o.event, '$.logins') l, json_each(l.value) e "
	    "ORDER BY o.account, o.id, l.key, e.key",
	    "SELECT o.account, o.kind, l.number - 1, e.key, e.value "
	    "FROM policyd.outbox o, jsonb_array_elements(o.event->'logins') "
	    "WITH ORDINALITY AS l (value, number), jsonb_each_text(l.value) e "
	    "ORDER BY o.account COLLATE \"C\", o.id, l.number, "
	    "e.key COLLATE \"C\"" },
	/* The last: older schemas have no such columns. */
	{ "places",
	    "SELECT account, complete_since, places FROM account "
	    "ORDER BY account",
	    "SELECT account, complete_since, places FROM policyd.account "
	    "ORDER BY account COLLATE \"C\"" },
	{ NULL, NULL, NULL },
};
