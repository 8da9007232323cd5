/*
 * pgsql.c -- the PostgreSQL side of the store: its table of calls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/pgsql/account.h"
#include "store/pgsql/listen_changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
open_side(const struct store_setup *setup)
{
	struct store_pgsql *self = mem_new(1, sizeof(*self));

	self->setup = setup;
	self->pg = pgsql_new(setup, pgsql_statements);
	return self;
}

static void
close_side(void *opaque)
{
	struct store_pgsql *self = opaque;

	pgsql_free(self->pg);
	pgsql_ear_free(self->ear);
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

static enum store_result
init_proxy(void *opaque, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;

	return pgsql_init_proxy(self->pg, deadline_ms);
}

static void
share(void *opaque, struct recent *recent)
{
	struct store_pgsql *self = opaque;

	self->recall.recent = recent;
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

const struct store_side store_pgsql = {
	.open = open_side,
	.close = close_side,
	.trouble = trouble,
	.tend = tend,
	.init = init,
	.init_proxy = init_proxy,
	.load = pgsql_load,
	.load_older = pgsql_load_older,
	.load_rows = pgsql_load_rows,
	.save = pgsql_save,
	.may_retry = pgsql_may_retry,
	.leave = pgsql_leave,
	.clean_batch = pgsql_clean_batch,
	.act_as = act_as,
	.share = share,
	.hear = pgsql_hear,
	.begin = pgsql_run_begin,
	.run = pgsql_run_query,
	.next = pgsql_run_next,
	.number = pgsql_run_number,
	.text = pgsql_run_text,
	.end = pgsql_run_end,
	.dialect = { "policyd.", "policyd.milliseconds", "()", "($1)" },
};
