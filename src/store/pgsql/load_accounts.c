/*
 * load_accounts.c -- load the accounts of a round from PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Those of which the state that was saved last is in memory
 * (store/recent_accounts.h) are not asked for: saving them finds out whether
 * they are as they were.
 */
#include "store/pgsql/account.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/override_json.h"
#include "store/pgsql/pgsql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of a result. */
struct row {
	const PGresult *result;
	int number;
};

static int64_t
number_at(const struct row *row, enum pgsql_loaded column)
{
	if (PQgetisnull(row->result, row->number, (int)column))
		return 0;
	return arrays_get_int8(
	    PQgetvalue(row->result, row->number, (int)column));
}

/* 0: NULL, or before all times. */
static int64_t
time_at(const struct row *row, enum pgsql_loaded column)
{
	int64_t ms;

	if (PQgetisnull(row->result, row->number, (int)column))
		return 0;
	ms = arrays_get_time(
	    PQgetvalue(row->result, row->number, (int)column));
	return ms < 0 ? 0 : ms;
}

static const char *
text_at(const struct row *row, enum pgsql_loaded column)
{
	return PQgetvalue(row->result, row->number, (int)column);
}

static void
take_state(const struct row *row, struct account_state *state)
{
	state->is_known = true;
	state->version = number_at(row, LOADED_VERSION);
	state->since_ms = time_at(row, LOADED_SINCE);
	state->blocked_until_ms = time_at(row, LOADED_BLOCKED_UNTIL);
	state->seen_ms = time_at(row, LOADED_SEEN);
	state->rated_ms = time_at(row, LOADED_RATED);
	state->complete_ms = number_at(row, LOADED_COMPLETE);
	state->last_instance = number_at(row, LOADED_MAIL_HASH);
	state_take_places(state, text_at(row, LOADED_PLACES));
	rates_unpack(&state->rates,
	    (const uint8_t *)text_at(row, LOADED_RINGS),
	    (size_t)PQgetlength(row->result, row->number, LOADED_RINGS));
	state_take_instances(state,
	    (const uint8_t *)text_at(row, LOADED_MAIL_HASHES),
	    (size_t)PQgetlength(row->result, row->number,
		LOADED_MAIL_HASHES));
	history_unpack(&state->history,
	    (const uint8_t *)text_at(row, LOADED_HISTORY),
	    (size_t)PQgetlength(row->result, row->number, LOADED_HISTORY));
}

static void
take_held(const struct row *row, struct held_block *held)
{
	memset(held, 0, sizeof(*held));
	held->cause = CAUSE_MANUAL;
	if (PQgetisnull(row->result, row->number, LOADED_CAUSE))
		return;
	held->cause = (enum cause)arrays_get_int4(
	    text_at(row, LOADED_CAUSE));
	held->found = (uint32_t)number_at(row, LOADED_FOUND);
	held->limit = (uint32_t)number_at(row, LOADED_ALLOWED);
	held->per_s = (uint32_t)number_at(row, LOADED_PER_S);
	held->began_ms = time_at(row, LOADED_BEGAN_AT);
	snprintf(held->note, sizeof(held->note), "%s",
	    text_at(row, LOADED_NOTE));
}

/* The store's override; a text that is none fails this account alone. */
static void
take_override(struct store_pgsql *self, const struct row *row,
    enum pgsql_loaded column, struct work *work, struct override *override)
{
	const char *at = strrchr(work->account, '@');

	if (PQgetisnull(row->result, row->number, (int)column))
		return;
	override->account = mem_dup(column == LOADED_OF_ACCOUNT ?
	    work->account : at != NULL ? at : "");
	if (override_json_read(text_at(row, column), override) == 0)
		return;
	log_limited(&self->limit, LOG_LEVEL_WARNING,
	    "store: a request failed: the override of %s cannot be read",
	    override->account);
	work->progress = WORK_FAILED;
}

static void
take_work(struct store_pgsql *self, const struct row *row, struct work *work)
{
	if (!PQgetisnull(row->result, row->number, LOADED_VERSION))
		take_state(row, &work->state);
	if (work->state.blocked_until_ms != 0)
		take_held(row, &work->held);
	take_override(self, row, LOADED_OF_ACCOUNT, work, &work->of_account);
	take_override(self, row, LOADED_OF_DOMAIN, work, &work->of_domain);
}

/* Behind a proxy, some have no row if they are where no answer comes from. */
static void
say_missing(struct store_pgsql *self, size_t count, size_t rows)
{
	if (rows < count)
		log_limited(&self->limit, LOG_LEVEL_WARNING,
		    "store: requests failed: %zu of %zu accounts are in a "
		    "shard that is away or has an older schema (policyd "
		    "--status says which)", count - rows, count);
}

static void
add_names(struct arrays *arrays, struct work *const *works, size_t count)
{
	arrays_clear(arrays);
	arrays_begin(arrays, ARRAYS_TEXT, count);
	for (size_t i = 0; i < count; i++)
		arrays_text(arrays, works[i]->account);
	arrays_end(arrays);
	arrays_begin(arrays, ARRAYS_TEXT, count);
	for (size_t i = 0; i < count; i++)
		arrays_text(arrays, strrchr(works[i]->account, '@'));
	arrays_end(arrays);
	if (clock_is_set())
		arrays_time(arrays, clock_wall_ms());
	else
		arrays_null(arrays);
}

static int
ask(struct store_pgsql *self, struct work *const *works, size_t count,
    int64_t *now_ms, int64_t deadline_ms)
{
	PGresult *result;

	add_names(&self->arrays, works, count);
	result = pgsql_call(self, PGSQL_LOAD, deadline_ms);
	if (result == NULL)
		return -1;
	*now_ms = clock_wall_ms();
	for (size_t i = 0; i < count; i++)
		works[i]->progress = WORK_FAILED;
	for (int i = 0; i < PQntuples(result); i++) {
		const struct row row = { result, i };
		size_t place = (size_t)number_at(&row, LOADED_I) - 1;

		*now_ms = time_at(&row, LOADED_NOW);
		self->recall.overrides = number_at(&row, LOADED_OVERRIDES);
		self->recall.slack_ms =
		    work_slack(number_at(&row, LOADED_MEMORY));
		if (place >= count)
			continue;
		works[place]->progress = WORK_OPEN;
		works[place]->overrides = self->recall.overrides;
		take_work(self, &row, works[place]);
		works[place]->state.slack_ms = self->recall.slack_ms;
	}
	if (PQntuples(result) > 0)
		recall_set_clock(&self->recall, *now_ms);
	say_missing(self, count, (size_t)PQntuples(result));
	PQclear(result);
	return 0;
}

/* Those that are from memory are as if they were not; returns how many. */
static size_t
let_go(struct work *const *works, size_t count, struct work **recalled)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (works[i]->is_recalled) {
			work_reset(works[i]);
			recalled[left++] = works[i];
		}
	return left;
}

int
pgsql_load(void *opaque, struct work *const *works, size_t count, bool is_read,
    int64_t *now_ms, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct work *unknown[ROUND_WORKS];
	int64_t overrides = self->recall.overrides;
	size_t asked = 0;

	*now_ms = recall_clock(&self->recall);
	for (size_t i = 0; i < count; i++)
		if (is_read || *now_ms == 0 ||
		    !recall_find(&self->recall, works[i], now_ms))
			unknown[asked++] = works[i];
	if (asked == 0)
		return 0;
	if (ask(self, unknown, asked, now_ms, deadline_ms) != 0)
		return -1;
	if (asked == count || self->recall.overrides == overrides)
		return 0;
	/* The others may have one since: they were found without. */
	asked = let_go(works, count, unknown);
	return ask(self, unknown, asked, now_ms, deadline_ms);
}

bool
pgsql_may_retry(void *opaque)
{
	struct store_pgsql *self = opaque;

	return self->is_lost && !trouble_is_stopped(pgsql_trouble(self->pg));
}

void
pgsql_leave(void *opaque)
{
	struct store_pgsql *self = opaque;

	self->is_retry = false;
}
