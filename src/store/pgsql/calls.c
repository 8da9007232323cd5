/*
 * calls.c -- make the calls of a round, which are prepared.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/clock.h"

/* Results of one transaction; a pooler's session is set up first. */
enum { RESULTS_MOST = PGSQL_CALLS_MOST + 8 };

static bool
send_call(struct store_pgsql *self, enum pgsql_call call)
{
	PGconn *conn = pgsql_conn(self->pg);
	struct arrays *arrays = &self->arrays;
	int count = (int)arrays->count;

	arrays_finish(arrays);
	if (pgsql_is_prepared(self->pg))
		return PQsendQueryPrepared(conn, pgsql_statements[call].name,
		    count, arrays->values, arrays->lengths, arrays->formats,
		    1);
	return PQsendQueryParams(conn, pgsql_statements[call].sql, count,
	    NULL, arrays->values, arrays->lengths, arrays->formats, 1);
}

/* The connection failed: why, and may another one do better? */
static void
lose(struct store_pgsql *self, int64_t deadline_ms)
{
	if (clock_left_ms(deadline_ms) == 0) {
		pgsql_late(self->pg);
	} else {
		pgsql_drop(self->pg, PQerrorMessage(pgsql_conn(self->pg)));
		self->is_lost = true;
	}
}

/* The end of calls, however it came to it. A connection that is lost may be
 * made anew, once in a round. */
static void
settle(struct store_pgsql *self)
{
	self->is_retry |= self->is_lost;
	pgsql_forgive(self->pg, false);
}

bool
pgsql_calls_begin(struct store_pgsql *self, int64_t deadline_ms)
{
	self->is_lost = false;
	self->sent = 0;
	if (!pgsql_is_up(self->pg, deadline_ms))
		return false;
	pgsql_forgive(self->pg, !self->is_retry);
	if (!pgsql_is_pooled(self->pg) || pgsql_send_round(self->pg,
		self->setup->server->deadline_ms / 2))
		return true;
	lose(self, deadline_ms);
	settle(self);
	return false;
}

bool
pgsql_calls_send(struct store_pgsql *self, enum pgsql_call call)
{
	self->sent++;
	return send_call(self, call);
}

/* The first error among them, or NULL. */
static const PGresult *
find_error(PGresult *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (PQresultStatus(list[i]) != PGRES_TUPLES_OK &&
		    PQresultStatus(list[i]) != PGRES_COMMAND_OK)
			return list[i];
	return NULL;
}

bool
pgsql_calls_end(struct store_pgsql *self,
    void (*take)(void *, size_t number, PGresult *), void *opaque,
    int64_t deadline_ms)
{
	PGresult *list[RESULTS_MOST];
	const PGresult *error = NULL;
	size_t count = 0;
	bool worked = PQpipelineSync(pgsql_conn(self->pg)) &&
	    pgsql_take_list(self->pg, list, RESULTS_MOST, &count,
		deadline_ms);

	if (!worked)
		lose(self, deadline_ms);
	else if ((error = find_error(list, count)) != NULL)
		self->is_lost = pgsql_failed(self->pg, error);
	else if (count < self->sent)
		lose(self, deadline_ms);
	worked = worked && error == NULL && count >= self->sent;
	if (worked)
		pgsql_worked(self->pg);
	for (size_t i = 0; i < count; i++) {
		if (worked && i + self->sent >= count)
			take(opaque, i + self->sent - count, list[i]);
		else
			PQclear(list[i]);
	}
	settle(self);
	return worked;
}

static void
take_one(void *opaque, size_t number, PGresult *result)
{
	(void)number;
	*(PGresult **)opaque = result;
}

PGresult *
pgsql_call(struct store_pgsql *self, enum pgsql_call call, int64_t deadline_ms)
{
	PGresult *result = NULL;

	if (!pgsql_calls_begin(self, deadline_ms))
		return NULL;
	pgsql_calls_send(self, call);
	pgsql_calls_end(self, take_one, &result, deadline_ms);
	return result;
}
