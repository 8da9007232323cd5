/*
 * audit.c -- the audit trail in PostgreSQL, and what there is to count.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <stdlib.h>

enum store_result
pgsql_note_change(void *opaque, const char *action, const char *subject,
    const char *detail, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;

	params_clear(params);
	pgsql_add_actor(self);
	params_text(params, action);
	params_text(params, subject);
	params_text(params, detail);
	params_text(params, pgsql_now(now));
	result = pgsql_run(self, "SELECT policyd.note_change("
	    "$1, $2, $3, $4, $5::jsonb, $6)", deadline_ms);
	PQclear(result);
	return result != NULL ? STORE_DONE : STORE_FAILED;
}

static void
take(const PGresult *result, int row, struct change *change)
{
	change->id = strtoll(PQgetvalue(result, row, 0), NULL, 10);
	change->at_ms = strtoll(PQgetvalue(result, row, 1), NULL, 10);
	change->actor = mem_dup(PQgetvalue(result, row, 2));
	change->origin = mem_dup(PQgetvalue(result, row, 3));
	change->action = mem_dup(PQgetvalue(result, row, 4));
	change->subject = mem_dup(PQgetvalue(result, row, 5));
	change->detail = mem_dup(PQgetvalue(result, row, 6));
}

enum store_result
pgsql_list_changes(void *opaque, int64_t before, size_t most,
    struct change **changes, size_t *count, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	PGresult *result;

	params_clear(&self->params);
	params_number(&self->params, before);
	params_number(&self->params, (int64_t)most);
	result = pgsql_run(self, "SELECT id, " MS("at") ", actor, "
	    "origin, action, subject, detail FROM policyd.audit "
	    "WHERE $1::bigint = 0 OR id < $1 ORDER BY id DESC LIMIT $2", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	*count = (size_t)PQntuples(result);
	*changes = mem_new(*count, sizeof(**changes));
	for (size_t i = 0; i < *count; i++)
		take(result, (int)i, &(*changes)[i]);
	PQclear(result);
	return STORE_DONE;
}

enum store_result
pgsql_count(void *opaque, struct totals *totals, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	char now[40];
	PGresult *result;

	params_clear(&self->params);
	params_text(&self->params, pgsql_now(now));
	result = pgsql_run(self, "SELECT (SELECT count(*) FROM policyd.block "
	    "WHERE ended_at IS NULL "
	    "AND until > coalesce($1, clock_timestamp())), "
	    "(SELECT count(*) FROM policyd.override), "
	    "count(*), coalesce((extract(epoch FROM min(created_at)) "
	    "* 1000)::bigint, 0) FROM policyd.outbox WHERE ended_at IS NULL",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	totals->blocked = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	totals->overrides = strtoull(PQgetvalue(result, 0, 1), NULL, 10);
	totals->outbox = strtoull(PQgetvalue(result, 0, 2), NULL, 10);
	totals->outbox_since_ms = strtoll(PQgetvalue(result, 0, 3), NULL, 10);
	PQclear(result);
	return STORE_DONE;
}
