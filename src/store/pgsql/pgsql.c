/*
 * pgsql.c -- the PostgreSQL side of the store: its table of calls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/pgsql/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct pgsql_statement statements[] = {
	[PGSQL_LOAD] = { "load", "SELECT * FROM policyd.load($1, $2, $3)" },
	[PGSQL_SAVE] = { "save", "SELECT policyd.save($1, $2, $3, $4, $5, $6, "
	    "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
	    "$20, $21, $22, $23)" },
	/* The same columns first: load.c reads both. */
	[PGSQL_OLDER] = { "older", "SELECT policyd.place_name(network), "
	    "country, asn, last_seen, older FROM policyd.older($1, $2)" },
	[PGSQL_ROWS] = { "rows", "SELECT policyd.place_name(network), "
	    "country, asn, last_seen FROM policyd.logins_since($1, "
	    "'-infinity', $2)" },
	{ NULL, NULL },
};

static void *
open_side(const struct store_setup *setup)
{
	struct store_pgsql *self = mem_new(1, sizeof(*self));

	self->setup = setup;
	self->pg = pgsql_new(setup, statements);
	return self;
}

static void
close_side(void *opaque)
{
	struct store_pgsql *self = opaque;

	pgsql_free(self->pg);
	params_free(&self->params);
	arrays_free(&self->arrays);
	free(self);
}

static struct trouble *
trouble(void *opaque)
{
	struct store_pgsql *self = opaque;

	return pgsql_trouble(self->pg);
}

static int
tend(void *opaque)
{
	struct store_pgsql *self = opaque;

	return pgsql_tend(self->pg);
}

static enum store_result
init(void *opaque, bool may_create, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;

	return pgsql_init(self->pg, may_create, deadline_ms);
}

static void
act_as(void *opaque, const struct actor *actor)
{
	struct store_pgsql *self = opaque;

	self->actor = *actor;
}

PGresult *
pgsql_run(struct store_pgsql *self, const char *sql, int64_t deadline_ms)
{
	return pgsql_query(self->pg, sql, (int)self->params.count,
	    params_values(&self->params), deadline_ms);
}

static bool
send_call(struct store_pgsql *self, enum pgsql_call call)
{
	PGconn *conn = pgsql_conn(self->pg);
	struct arrays *arrays = &self->arrays;
	int count = (int)arrays->count;
	int sent;

	arrays_finish(arrays);
	if (pgsql_is_pooled(self->pg) && !pgsql_send_limits(self->pg,
		self->setup->server->deadline_ms / 2))
		return false;
	if (pgsql_is_prepared(self->pg))
		sent = PQsendQueryPrepared(conn, statements[call].name, count,
		    arrays->values, arrays->lengths, arrays->formats, 1);
	else
		sent = PQsendQueryParams(conn, statements[call].sql, count,
		    NULL, arrays->values, arrays->lengths, arrays->formats,
		    1);
	return sent && PQpipelineSync(conn);
}

/* A connection that is lost may be made anew, once in a round. */
PGresult *
pgsql_call(struct store_pgsql *self, enum pgsql_call call, int64_t deadline_ms)
{
	PGresult *result = NULL;

	self->is_lost = false;
	if (!pgsql_is_up(self->pg, deadline_ms))
		return NULL;
	pgsql_forgive(self->pg, !self->is_retry);
	if (send_call(self, call))
		result = pgsql_take(self->pg, deadline_ms);
	if (result != NULL && PQresultStatus(result) == PGRES_TUPLES_OK) {
		pgsql_worked(self->pg);
	} else if (result != NULL) {
		self->is_lost = pgsql_failed(self->pg, result);
		PQclear(result);
		result = NULL;
	} else if (clock_left_ms(deadline_ms) == 0) {
		pgsql_late(self->pg);
	} else {
		pgsql_drop(self->pg, PQerrorMessage(pgsql_conn(self->pg)));
		self->is_lost = true;
	}
	self->is_retry |= self->is_lost;
	pgsql_forgive(self->pg, false);
	return result;
}

const struct store_side store_pgsql = {
	.open = open_side,
	.close = close_side,
	.trouble = trouble,
	.tend = tend,
	.init = init,
	.load = pgsql_load,
	.load_older = pgsql_load_older,
	.load_rows = pgsql_load_rows,
	.save = pgsql_save,
	.may_retry = pgsql_may_retry,
	.leave = pgsql_leave,
	.clean_batch = pgsql_clean_batch,
	.act_as = act_as,
	.begin = pgsql_run_begin,
	.run = pgsql_run_query,
	.next = pgsql_run_next,
	.number = pgsql_run_number,
	.text = pgsql_run_text,
	.end = pgsql_run_end,
	.dialect = { "policyd.", "policyd.milliseconds", "()", "($1)" },
	.load_accounts = pgsql_load_accounts,
	.load_logins = pgsql_load_logins,
};
