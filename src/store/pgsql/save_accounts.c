/*
 * save_accounts.c -- save what was decided of the accounts of a round in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few accounts of which nothing but their rows, and those of logins, is to be
 * written are saved by a statement each; all others by one call of policyd.save
 * (schema/pgsql/round.sql), which costs more to begin with and less for each.
 */
#include "store/pgsql/account.h"

#include "base/clock.h"
#include "store/pgsql/pgsql.h"
#include "store/pgsql/save_effects.h"
#include "store/pgsql/save_touch.h"

#include <stdlib.h>
#include <unistd.h>

/* One column of the accounts, as an array. */
#define EACH(type, add)                                                        \
	do {                                                                   \
		arrays_begin(arrays, type, count);                             \
		for (size_t i = 0; i < count; i++) {                           \
			const struct account_state *state = &works[i]->state;  \
			add;                                                   \
		}                                                              \
		arrays_end(arrays);                                            \
	} while (0)

static void
add_states(struct arrays *arrays, struct work *const *works, size_t count)
{
	char places[PLACES_TEXT_SIZE];
	uint8_t bytes[RATE_RINGS_BYTES + INSTANCES_BYTES];
	uint8_t history[HISTORY_BYTES_MAX];

	EACH(ARRAYS_TEXT, (void)state;
	     arrays_text(arrays, works[i]->account));
	EACH(ARRAYS_INT8, arrays_int8(arrays, state->version));
	EACH(ARRAYS_TIME, arrays_time(arrays,
	    state->since_ms == 0 ? INT64_MIN : state->since_ms));
	EACH(ARRAYS_TIME, arrays_some_time(arrays, state->blocked_until_ms));
	EACH(ARRAYS_TIME, arrays_some_time(arrays, state->seen_ms));
	EACH(ARRAYS_TIME, arrays_some_time(arrays, state->rated_ms));
	EACH(ARRAYS_INT8, arrays_int8(arrays, state->complete_ms));
	EACH(ARRAYS_INT8, arrays_int8(arrays, state->last_instance));
	EACH(ARRAYS_TEXT, arrays_bytes(arrays, places,
	    state_put_places(state, places)));
	EACH(ARRAYS_BYTEA, arrays_some_bytes(arrays, bytes,
	    rates_pack(&state->rates, bytes)));
	EACH(ARRAYS_BYTEA, arrays_some_bytes(arrays, bytes,
	    state_put_instances(state, bytes)));
	EACH(ARRAYS_BYTEA, arrays_some_bytes(arrays, history,
	    history_pack(&state->history, history)));
}

/* One column of the logins that are to be written. */
#define EACH_DUE(type, add)                                                    \
	do {                                                                   \
		arrays_begin(arrays, type, due);                               \
		for (size_t i = 0; i < count; i++)                             \
			for (size_t k = 0; k < works[i]->state.place_count;    \
			     k++) {                                            \
				const struct place *place =                    \
				    &works[i]->state.places[k];                \
				if (place_is_due(place)) {                     \
					add;                                   \
				}                                              \
			}                                                      \
		arrays_end(arrays);                                            \
	} while (0)

static size_t
count_due(struct work *const *works, size_t count)
{
	size_t due = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < works[i]->state.place_count; k++)
			due += place_is_due(&works[i]->state.places[k]);
	return due;
}

static void
add_owners(struct arrays *arrays, struct work *const *works, size_t count)
{
	size_t due = count_due(works, count);

	EACH_DUE(ARRAYS_INT4,
	    (void)place; arrays_int4(arrays, (int32_t)i + 1));
}

void
pgsql_add_logins(struct arrays *arrays, struct work *const *works,
    size_t count)
{
	size_t due = count_due(works, count);

	EACH_DUE(ARRAYS_CIDR, arrays_cidr(arrays, &place->network));
	EACH_DUE(ARRAYS_TEXT, arrays_text(arrays, place->country));
	EACH_DUE(ARRAYS_INT8, arrays_int8(arrays, place->asn));
	EACH_DUE(ARRAYS_TIME, arrays_time(arrays, place->last_ms));
	EACH_DUE(ARRAYS_INT8, arrays_int8(arrays, place->pending));
}

/* No two rounds write the same one, so that it tells who wrote a row. */
static int64_t
next_version(struct store_pgsql *self)
{
	if (self->version == 0)
		self->version = (clock_wall_ms() << 20) ^
		    (clock_mono_us() << 5) ^
		    (int64_t)(getpid() & 0xffff) << 8;
	self->version = (self->version + 1) & INT64_MAX;
	if (self->version < 2)
		self->version = 2; /* 0 is no row, 1 one that was upgraded */
	return self->version;
}

/* policyd.save's answer: the places of those that were saved, from 1. */
static void
take_saved(const PGresult *result, struct work *const *works, size_t count)
{
	const char *at = PQgetvalue(result, 0, 0);
	int length = PQgetlength(result, 0, 0);

	/* Behind the head each element has its length and four bytes. */
	for (int offset = 20; offset + 8 <= length; offset += 8) {
		size_t place = (size_t)arrays_get_int4(at + offset + 4) - 1;

		if (place < count)
			works[place]->progress = WORK_DONE;
	}
}

/* What is saved: accounts whose rows change, then those that were refused. */
struct selection {
	struct work *works[2 * ROUND_WORKS];
	size_t changed, refused;
	bool must_last;
	bool is_recalled;	/* some are */
};

/* Who has nothing to save is done, unless it is not sure what there is. */
static void
pick(struct work *const *works, size_t count, struct selection *selection)
{
	for (size_t i = 0; i < count; i++)
		if (works[i]->is_changed) {
			selection->works[selection->changed++] = works[i];
			selection->must_last |= works[i]->must_last;
			selection->is_recalled |= works[i]->is_recalled;
		}
	for (size_t i = 0; i < count; i++) {
		if (works[i]->is_changed)
			continue;
		if (works[i]->attempts > 0)
			selection->works[selection->changed +
			    selection->refused++] = works[i];
		else if (!works[i]->is_recalled)
			works[i]->progress = WORK_DONE;
	}
}

static void
add_refused(struct arrays *arrays, struct work *const *works, size_t count)
{
	arrays_begin(arrays, ARRAYS_TEXT, count);
	for (size_t i = 0; i < count; i++)
		arrays_text(arrays, works[i]->account);
	arrays_end(arrays);
	arrays_begin(arrays, ARRAYS_INT8, count);
	for (size_t i = 0; i < count; i++)
		arrays_int8(arrays, works[i]->attempts);
	arrays_end(arrays);
}

/* Write all of the selection in one call. */
static int
save_all(struct store_pgsql *self, const struct selection *selection,
    int64_t version, int64_t now_ms, int64_t deadline_ms)
{
	struct arrays *arrays = &self->arrays;
	char *follow = follow_json(self->setup->notify, &self->actor,
	    selection->works, selection->changed, now_ms);
	PGresult *result;

	arrays_clear(arrays);
	arrays_int8(arrays, version);
	add_states(arrays, selection->works, selection->changed);
	add_owners(arrays, selection->works, selection->changed);
	pgsql_add_logins(arrays, selection->works, selection->changed);
	arrays_json(arrays, follow);
	free(follow);
	add_refused(arrays, selection->works + selection->changed,
	    selection->refused);
	arrays_bool(arrays, selection->must_last);
	pgsql_add_expected(self, selection->is_recalled, now_ms);
	result = pgsql_call(self, PGSQL_SAVE, deadline_ms);
	if (result == NULL)
		return -1;
	take_saved(result, selection->works, selection->changed +
	    selection->refused);
	PQclear(result);
	return 0;
}

int
pgsql_save(void *opaque, struct work *const *works, size_t count,
    int64_t now_ms, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct selection selection = { .changed = 0 };
	int64_t version = next_version(self);
	int result = 0;

	pick(works, count, &selection);
	for (size_t i = 0; i < selection.changed; i++)
		work_sign(selection.works[i], version);
	if (selection.refused == 0 &&
	    pgsql_may_touch(selection.works, selection.changed))
		result = pgsql_touch(self, selection.works, selection.changed,
		    version, now_ms, deadline_ms);
	else if (selection.changed + selection.refused > 0)
		result = save_all(self, &selection, version, now_ms,
		    deadline_ms);
	if (result == 0)
		for (size_t i = 0; i < count; i++)
			if (works[i]->is_changed || works[i]->is_recalled)
				recall_saved(&self->recall, works[i], now_ms);
	return result;
}
