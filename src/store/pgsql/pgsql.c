/*
 * pgsql.c -- the PostgreSQL side of the store: its table of calls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
open_side(const struct store_setup *setup)
{
	struct store_pgsql *self = mem_new(1, sizeof(*self));

	self->setup = setup;
	self->pg = pgsql_new(setup, pgsql_check_statement);
	return self;
}

static void
close_side(void *opaque)
{
	struct store_pgsql *self = opaque;

	pgsql_free(self->pg);
	params_free(&self->params);
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

void
pgsql_add_channels(struct store_pgsql *self, bool is_block)
{
	const char *names[CHANNELS_MAX];
	size_t count = store_channels(self->setup->notify, is_block, names);

	params_names(&self->params, names, count);
}

static void
act_as(void *opaque, const struct actor *actor)
{
	struct store_pgsql *self = opaque;

	self->actor = *actor;
}

void
pgsql_add_actor(struct store_pgsql *self)
{
	params_text(&self->params, self->actor.name);
	params_text(&self->params, self->actor.name == NULL ? NULL :
	    self->actor.origin);
}

PGresult *
pgsql_run(struct store_pgsql *self, const char *sql, int64_t deadline_ms)
{
	return pgsql_query(self->pg, sql, (int)self->params.count,
	    params_values(&self->params), deadline_ms);
}

static enum store_result
block(void *opaque, const char *account, uint32_t duration_s, const char *note,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;

	params_clear(params);
	params_text(params, account);
	params_number(params, duration_s);
	params_text(params, note);
	pgsql_add_channels(self, true);
	params_text(params, store_server_name());
	params_text(params, pgsql_now(now));
	pgsql_add_actor(self);
	result = pgsql_run(self,
	    "SELECT policyd.block_account($1, $2, $3, $4, $5, $6), "
	    "policyd.note_change($7, $8, 'block', $1, jsonb_build_object("
	    "'duration', $2::integer, 'reason', $3::text), $6)",
	    deadline_ms);
	PQclear(result);
	return result != NULL ? STORE_DONE : STORE_FAILED;
}

static enum store_result
unblock(void *opaque, const char *account, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;
	bool was_blocked;

	params_clear(params);
	params_text(params, account);
	pgsql_add_channels(self, false);
	params_text(params, store_server_name());
	params_text(params, pgsql_now(now));
	pgsql_add_actor(self);
	result = pgsql_run(self, "SELECT is_done, CASE WHEN is_done THEN "
	    "policyd.note_change($5, $6, 'unblock', $1, NULL, $4) END "
	    "FROM policyd.unblock_account($1, $2, $3, $4) is_done",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	was_blocked = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return was_blocked ? STORE_DONE : STORE_NONE;
}

static enum store_result
expire(void *opaque, uint64_t *ended, int64_t deadline_ms)
{
	/* Few, so that the transaction is short: each ends with events. */
	enum { BATCH = 50 };
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	uint64_t batch;

	*ended = 0;
	do {
		PGresult *result;

		params_clear(params);
		params_number(params, BATCH);
		pgsql_add_channels(self, false);
		params_text(params, store_server_name());
		params_text(params, pgsql_now(now));
		result = pgsql_run(self,
		    "SELECT policyd.expire($1, $2, $3, $4)", deadline_ms);
		if (result == NULL)
			return STORE_FAILED;
		batch = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
		*ended += batch;
		PQclear(result);
	} while (batch == BATCH);
	return STORE_DONE;
}

const struct store_side store_pgsql = {
	.open = open_side,
	.close = close_side,
	.trouble = trouble,
	.tend = tend,
	.init = init,
	.check = pgsql_check,
	.block = block,
	.unblock = unblock,
	.account = pgsql_account,
	.clean_batch = pgsql_clean_batch,
	.expire = expire,
	.act_as = act_as,
	.begin = pgsql_run_begin,
	.run = pgsql_run_query,
	.next = pgsql_run_next,
	.number = pgsql_run_number,
	.text = pgsql_run_text,
	.end = pgsql_run_end,
	.dialect = { "policyd.", "policyd.milliseconds" },
	.load_accounts = pgsql_load_accounts,
	.load_logins = pgsql_load_logins,
};
