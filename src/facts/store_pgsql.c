/*
 * store_pgsql.c -- the PostgreSQL side of the store: its table of calls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "facts/store_pgsql.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
open_side(const struct config *config, const struct store_policy *policy)
{
	struct store_pgsql *self = mem_new(1, sizeof(*self));

	(void)policy; /* policyd.check judges */
	self->config = config;
	self->pg = pgsql_new(config, pgsql_check_statement);
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
	size_t count = store_channels(self->config, is_block, names);

	params_names(&self->params, names, count);
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
	result = pgsql_run(self,
	    "SELECT policyd.block_account($1, $2, $3, $4, $5, $6)",
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
	result = pgsql_run(self,
	    "SELECT policyd.unblock_account($1, $2, $3, $4)", deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	was_blocked = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return was_blocked ? STORE_DONE : STORE_NONE;
}

static enum store_result
expire(void *opaque, uint64_t *ended, int64_t deadline_ms)
{
	enum { BATCH = 500 };
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

/* A cleaning that died keeps others from it for so long. */
enum { TURN_S = 60 };

/* A cleaning: what it may delete, and by when it must say that it lives. */
struct cleaning {
	int64_t before_ms;
	unsigned batch;
	int64_t renew_ms;
	int64_t deadline_ms;
};

/* Keep two cleanings apart, on whatever hosts they run. */
static enum store_result
take_turn(struct store_pgsql *self, struct cleaning *cleaning, bool is_first)
{
	PGresult *result;
	bool has_it;

	params_clear(&self->params);
	params_bool(&self->params, is_first);
	params_number(&self->params, TURN_S);
	result = pgsql_run(self, "SELECT policyd.clean_turn($1, $2)",
	    cleaning->deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	has_it = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	cleaning->renew_ms = clock_mono_ms() + TURN_S * 1000 / 4;
	return has_it ? STORE_DONE : STORE_NONE;
}

static void
leave_turn(struct store_pgsql *self, const struct cleaning *cleaning)
{
	params_clear(&self->params);
	PQclear(pgsql_run(self, "DELETE FROM policyd.cleaning",
	    cleaning->deadline_ms));
}

/* Where a walk over a table's primary key stands. */
struct walk {
	char account[400];
	char network[ADDR_TEXT_SIZE];
	bool is_over;
};

/* One batch of a walk; has_network: the key has a network too. */
static enum store_result
clean_batch(struct store_pgsql *self, const char *sql, bool has_network,
    struct cleaning *cleaning, struct walk *walk, uint64_t *deleted)
{
	struct params *params = &self->params;
	PGresult *result;

	if (clock_left_ms(cleaning->renew_ms) == 0 &&
	    take_turn(self, cleaning, false) != STORE_DONE)
		return STORE_FAILED;
	params_clear(params);
	params_number(params, cleaning->before_ms);
	params_text(params, walk->account);
	params_number(params, cleaning->batch);
	if (has_network)
		params_text(params, walk->network);
	result = pgsql_run(self, sql, cleaning->deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	*deleted += strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	walk->is_over = PQgetisnull(result, 0, 1);
	snprintf(walk->account, sizeof(walk->account), "%s",
	    PQgetvalue(result, 0, 1));
	if (has_network)
		snprintf(walk->network, sizeof(walk->network), "%s",
		    PQgetvalue(result, 0, 2));
	PQclear(result);
	return STORE_DONE;
}

static enum store_result
clean_walk(struct store_pgsql *self, const char *sql, bool has_network,
    struct cleaning *cleaning, uint64_t *deleted)
{
	struct walk walk = { .network = "0.0.0.0/0" };

	while (!walk.is_over)
		if (clean_batch(self, sql, has_network, cleaning, &walk,
			deleted) != STORE_DONE)
			return STORE_FAILED;
	return STORE_DONE;
}

static enum store_result
clean(void *opaque, uint32_t retention_s, unsigned batch,
    struct cleaned *cleaned, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct cleaning cleaning = { .batch = batch,
		.before_ms = clock_wall_ms() - (int64_t)retention_s * 1000,
		.deadline_ms = deadline_ms };
	enum store_result result = take_turn(self, &cleaning, true);

	if (result != STORE_DONE)
		return result;
	result = clean_walk(self, "SELECT * FROM policyd.clean_logins("
	    "to_timestamp($1::bigint / 1000.0), $2, $4, $3)", true, &cleaning,
	    &cleaned->logins);
	if (result == STORE_DONE)
		result = clean_walk(self, "SELECT * FROM policyd.clean_blocks("
		    "to_timestamp($1::bigint / 1000.0), $2, $3)", false,
		    &cleaning, &cleaned->blocks);
	if (result == STORE_DONE)
		result = clean_walk(self, "SELECT * FROM "
		    "policyd.clean_accounts(to_timestamp($1::bigint / 1000.0),"
		    " $2, $3)", false, &cleaning, &cleaned->accounts);
	leave_turn(self, &cleaning);
	return result;
}

const struct store_side store_pgsql = {
	.open = open_side,
	.close = close_side,
	.tend = tend,
	.init = init,
	.check = pgsql_check,
	.block = block,
	.unblock = unblock,
	.list_blocked = pgsql_list_blocked,
	.account = pgsql_account,
	.clean = clean,
	.expire = expire,
	.outbox_take = pgsql_outbox_take,
	.outbox_end = pgsql_outbox_end,
	.outbox_delay = pgsql_outbox_delay,
	.save_accounts = pgsql_save_accounts,
	.save_logins = pgsql_save_logins,
	.load_accounts = pgsql_load_accounts,
	.load_logins = pgsql_load_logins,
};
