/*
 * save_touch.c -- save accounts of which nothing but rows changes, one by one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/save_touch.h"

#include "base/clock.h"
#include "store/pgsql/save_effects.h"

/* So many cost about as much as one call for all. */
enum { TOUCHED_MOST = 3 };

bool
pgsql_may_touch(struct work *const *works, size_t count)
{
	if (count == 0 || count > TOUCHED_MOST)
		return false;
	for (size_t i = 0; i < count; i++)
		if (works[i]->must_last || works[i]->state.version == 0 ||
		    follow_is_due(works[i]))
			return false;
	return true;
}

void
pgsql_add_expected(struct store_pgsql *self, bool is_recalled, int64_t now_ms)
{
	if (is_recalled)
		arrays_int8(&self->arrays, self->recall.overrides);
	else
		arrays_null(&self->arrays);
	if (is_recalled && !clock_is_set())
		arrays_time(&self->arrays, now_ms);
	else
		arrays_null(&self->arrays);
}

static bool
send_account(struct store_pgsql *self, struct work *work,
    int64_t version, int64_t now_ms)
{
	const struct account_state *state = &work->state;
	struct arrays *arrays = &self->arrays;
	char places[PLACES_TEXT_SIZE];
	uint8_t bytes[RATE_RINGS_BYTES + INSTANCES_BYTES];
	uint8_t history[HISTORY_BYTES_MAX];

	arrays_clear(arrays);
	arrays_text(arrays, work->account);
	arrays_int8(arrays, state->version);
	arrays_int8(arrays, version);
	arrays_time(arrays, state->since_ms == 0 ? INT64_MIN :
	    state->since_ms);
	arrays_some_time(arrays, state->blocked_until_ms);
	arrays_some_time(arrays, state->seen_ms);
	arrays_some_time(arrays, state->rated_ms);
	arrays_int8(arrays, state->complete_ms);
	arrays_int8(arrays, state->last_instance);
	arrays_bytes(arrays, places, state_put_places(state, places));
	arrays_some_bytes(arrays, bytes, rates_pack(&state->rates, bytes));
	arrays_some_bytes(arrays, bytes, state_put_instances(state, bytes));
	arrays_some_bytes(arrays, history,
	    history_pack(&state->history, history));
	pgsql_add_logins(arrays, &work, 1);
	pgsql_add_expected(self, work->is_recalled, now_ms);
	return pgsql_calls_send(self, PGSQL_TOUCH);
}

struct answers {
	struct store_pgsql *self;
	struct work *const *works;
};

static void
take(void *opaque, size_t number, PGresult *result)
{
	const struct answers *answers = opaque;

	if (!PQgetisnull(result, 0, 0)) {
		answers->works[number]->progress = WORK_DONE;
		recall_set_clock(&answers->self->recall,
		    arrays_get_time(PQgetvalue(result, 0, 0)));
	}
	PQclear(result);
}

int
pgsql_touch(struct store_pgsql *self, struct work *const *works, size_t count,
    int64_t version, int64_t now_ms, int64_t deadline_ms)
{
	struct answers answers = { self, works };
	bool is_sent = pgsql_calls_begin(self, deadline_ms);

	if (!is_sent)
		return -1;
	for (size_t i = 0; i < count && is_sent; i++)
		is_sent = send_account(self, works[i], version, now_ms);
	return pgsql_calls_end(self, take, &answers, deadline_ms) ? 0 : -1;
}
