/*
 * run_statement.c -- run statements that are no requests in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/run_statement.h"

#include "base/clock.h"
#include "store/pgsql/pgsql.h"

#include <stdlib.h>

static void
forget_rows(struct pgsql_run *run)
{
	PQclear(run->rows);
	run->rows = NULL;
	run->row = -1;
}

int
pgsql_run_begin(void *opaque, enum access access, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct pgsql_run *run = &self->run;

	forget_rows(run);
	run->access = access;
	run->deadline_ms = deadline_ms;
	run->is_open = false;
	return 0;
}

/* Send what the first statement of a transaction has before it. */
static bool
send_begin(struct store_pgsql *self)
{
	struct pgsql_run *run = &self->run;

	if (!pgsql_send_begin(self->pg))
		return false;
	run->is_open = true;
	return run->access != ACCESS_WALK || pgsql_send_walk(self->pg);
}

/* Send the end of a transaction, and wait. */
static int
finish(struct store_pgsql *self, bool is_kept)
{
	struct pgsql_run *run = &self->run;
	PGconn *conn = pgsql_conn(self->pg);

	if (!run->is_open)
		return 0;
	run->is_open = false;
	/* It was given up: nothing of it is kept. */
	if (conn == NULL || PQstatus(conn) != CONNECTION_OK)
		return -1;
	if (!pgsql_send_end(self->pg, is_kept))
		return -1;
	return pgsql_sync(self->pg, NULL, run->deadline_ms);
}

int
pgsql_run_end(void *opaque, bool is_kept)
{
	struct store_pgsql *self = opaque;

	forget_rows(&self->run);
	return finish(self, is_kept);
}

static void
add_value(struct params *params, const struct value *value)
{
	if (value->kind == VALUE_IS_TEXT)
		params_text(params, value->text);
	else if (value->kind == VALUE_IS_NUMBER)
		params_number(params, value->number);
	else if (clock_is_set())
		params_number(params, clock_wall_ms());
	else
		/* Its own clock, see policyd.moment. */
		params_null(params);
}

int
pgsql_run_query(void *opaque, const struct named_statement *statement,
    const struct value *values, size_t count)
{
	struct store_pgsql *self = opaque;
	struct pgsql_run *run = &self->run;
	struct params *params = &self->params;
	bool is_sent;

	forget_rows(run);
	params_clear(params);
	for (size_t i = 0; i < count; i++)
		add_value(params, &values[i]);
	/* What is open is lost with its connection. */
	if (!run->is_open && !pgsql_is_up(self->pg, run->deadline_ms))
		return -1;
	is_sent = run->is_open ||
	    (run->access == ACCESS_READ && !pgsql_is_pooled(self->pg)) ||
	    send_begin(self);
	is_sent = is_sent && pgsql_send_limits(self->pg,
	    (unsigned)clock_left_ms(run->deadline_ms) + 1) &&
	    PQsendQueryParams(pgsql_conn(self->pg), statement->pgsql,
		(int)params->count, NULL, params_values(params), NULL, NULL,
		0);
	if (!is_sent) {
		pgsql_drop(self->pg, PQerrorMessage(pgsql_conn(self->pg)));
		return -1;
	}
	return pgsql_sync(self->pg, &run->rows, run->deadline_ms);
}

int
pgsql_run_next(void *opaque)
{
	struct store_pgsql *self = opaque;
	struct pgsql_run *run = &self->run;

	if (run->rows == NULL)
		return -1;
	return ++run->row < PQntuples(run->rows);
}

int64_t
pgsql_run_number(void *opaque, int column)
{
	const struct store_pgsql *self = opaque;

	return strtoll(PQgetvalue(self->run.rows, self->run.row, column), NULL,
	    10);
}

const char *
pgsql_run_text(void *opaque, int column)
{
	const struct store_pgsql *self = opaque;

	return PQgetvalue(self->run.rows, self->run.row, column);
}
