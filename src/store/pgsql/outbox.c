/*
 * outbox.c -- the outbox in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <stdlib.h>

static void
take_row(const PGresult *result, int i, struct outbox_row *row)
{
	row->id = strtoll(PQgetvalue(result, i, 0), NULL, 10);
	row->channel = mem_dup(PQgetvalue(result, i, 1));
	row->kind = mem_dup(PQgetvalue(result, i, 2));
	row->account = mem_dup(PQgetvalue(result, i, 3));
	row->event = mem_dup(PQgetvalue(result, i, 4));
	row->recipients = mem_dup(PQgetvalue(result, i, 5));
	row->created_ms = strtoll(PQgetvalue(result, i, 6), NULL, 10);
	row->attempts = (uint32_t)strtoul(PQgetvalue(result, i, 7), NULL, 10);
}

enum store_result
pgsql_outbox_take(void *opaque, const char *channel, size_t most,
    uint32_t lease_s, struct outbox_row **rows, size_t *count,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;

	params_clear(params);
	params_text(params, channel);
	params_number(params, (int64_t)most);
	params_number(params, lease_s);
	params_text(params, pgsql_now(now));
	/* SKIP LOCKED: two servers never wait for, nor take, the same. */
	result = pgsql_run(self, "WITH due AS MATERIALIZED ("
	    "SELECT id FROM policyd.outbox WHERE ended_at IS NULL "
	    "AND next_try <= coalesce($4, clock_timestamp()) "
	    "AND ($1::text IS NULL OR channel = $1) "
	    "ORDER BY next_try, id LIMIT $2 FOR UPDATE SKIP LOCKED), "
	    "taken AS (UPDATE policyd.outbox o SET attempts = attempts + 1, "
	    "next_try = coalesce($4, clock_timestamp()) + "
	    "make_interval(secs => $3) FROM due WHERE o.id = due.id "
	    "RETURNING o.*) "
	    "SELECT id, channel, kind, account, event, recipients, "
	    "(extract(epoch FROM created_at) * 1000)::bigint, attempts "
	    "FROM taken ORDER BY id", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	*count = (size_t)PQntuples(result);
	*rows = NULL;
	if (*count > 0) {
		*rows = mem_new(*count, sizeof(**rows));
		for (size_t i = 0; i < *count; i++)
			take_row(result, (int)i, &(*rows)[i]);
	}
	PQclear(result);
	return *count > 0 ? STORE_DONE : STORE_NONE;
}

/* Run an UPDATE of one row. */
static enum store_result
update(struct store_pgsql *self, const char *sql, int64_t deadline_ms)
{
	PGresult *result = pgsql_run(self, sql, deadline_ms);

	PQclear(result);
	return result != NULL ? STORE_DONE : STORE_FAILED;
}

enum store_result
pgsql_outbox_end(void *opaque, int64_t id, const char *error,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	char now[40];

	params_clear(&self->params);
	params_number(&self->params, id);
	params_text(&self->params, error);
	params_text(&self->params, pgsql_now(now));
	return update(self, "UPDATE policyd.outbox SET "
	    "ended_at = coalesce($3, clock_timestamp()), error = $2 "
	    "WHERE id = $1", deadline_ms);
}

enum store_result
pgsql_outbox_delay(void *opaque, int64_t id, uint32_t delay_s, bool counts,
    const char *recipients, const char *error, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	char now[40];

	params_clear(&self->params);
	params_number(&self->params, id);
	params_number(&self->params, delay_s);
	params_number(&self->params, counts ? 0 : 1);
	params_text(&self->params, recipients);
	params_text(&self->params, error);
	params_text(&self->params, pgsql_now(now));
	return update(self, "UPDATE policyd.outbox SET "
	    "next_try = coalesce($6, clock_timestamp()) + "
	    "make_interval(secs => $2), attempts = attempts - $3, "
	    "recipients = $4, error = $5 WHERE id = $1", deadline_ms);
}
