/*
 * account_state.c -- what is remembered of one account, as it is worked on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/account_state.h"

#include <assert.h>
#include <string.h>

/* Of a mail that a rate has counted. */
#define RATED UINT64_C(1)
/* An instance that would be taken for a mark becomes another one. */
#define UNMARK (UINT64_C(1) << 48)

void
state_init(struct account_state *state)
{
	/* Not the lists: their counts say what they hold. */
	state->is_known = false;
	state->version = 0;
	state->since_ms = 0;
	state->blocked_until_ms = 0;
	state->seen_ms = 0;
	state->rated_ms = 0;
	state->complete_ms = 0;
	state->last_instance = 0;
	state->slack_ms = 0;
	state->place_count = 0;
	state->rates.count = 0;
	state->instance_count = 0;
	history_init(&state->history);
}

static struct place *
find(struct account_state *state, const struct addr *network, bool is_gone)
{
	for (size_t i = 0; i < state->place_count; i++)
		if (state->places[i].is_gone == is_gone &&
		    addr_equal(&state->places[i].network, network))
			return &state->places[i];
	return NULL;
}

struct place *
state_find(struct account_state *state, const struct addr *network)
{
	return find(state, network, false);
}

/* Let a place go: the row of the account will not have it. */
static void
let_go(struct account_state *state, struct place *place)
{
	if (place->last_ms > state->complete_ms)
		state->complete_ms = place->last_ms;
	place->is_due |= place->pending > 0 ||
	    place->last_ms > place->written_ms;
	place->is_gone = true;
}

bool
state_is_full(const struct account_state *state)
{
	size_t held = 0;

	for (size_t i = 0; i < state->place_count; i++)
		held += !state->places[i].is_gone;
	return held >= PLACES_MAX;
}

const struct place *
state_let_oldest_go(struct account_state *state)
{
	struct place *oldest = NULL;

	for (size_t i = 0; i < state->place_count; i++) {
		struct place *place = &state->places[i];

		if (!place->is_gone && (oldest == NULL ||
					   place->last_ms < oldest->last_ms))
			oldest = place;
	}
	assert(oldest != NULL);
	let_go(state, oldest);
	return oldest;
}

struct place *
state_add(struct account_state *state, const struct addr *network)
{
	struct place *place;

	/* A row is written once in a statement: it is the same place. */
	place = find(state, network, true);
	if (place != NULL) {
		place->is_gone = false;
		return place;
	}
	assert(state->place_count < PLACES_ROOM);
	place = &state->places[state->place_count++];
	memset(place, 0, sizeof(*place));
	place->network = *network;
	return place;
}

void
state_drop(struct account_state *state, int64_t until_ms)
{
	for (size_t i = 0; i < state->place_count; i++)
		if (!state->places[i].is_gone &&
		    state->places[i].last_ms <= until_ms)
			let_go(state, &state->places[i]);
}

/* What its row of the table login has now. */
static void
settle(struct place *place)
{
	if (place->is_due) {
		place->written_ms = place->last_ms;
		place->pending = 0;
	}
	place->is_due = false;
}

void
state_settle(struct account_state *state)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->place_count; i++) {
		if (state->places[i].is_gone)
			continue;
		settle(&state->places[i]);
		state->places[kept++] = state->places[i];
	}
	state->place_count = kept;
	state->is_known = true;
}

bool
place_is_due(const struct place *place)
{
	return place->is_due;
}

static bool
clamp(int64_t *ms, int64_t now_ms)
{
	if (*ms <= now_ms)
		return false;
	*ms = now_ms;
	return true;
}

bool
state_clamp(struct account_state *state, int64_t now_ms)
{
	bool stepped = clamp(&state->since_ms, now_ms);

	if (state->complete_ms != INT64_MAX)
		stepped |= clamp(&state->complete_ms, now_ms);
	stepped |= clamp(&state->seen_ms, now_ms);
	stepped |= clamp(&state->rated_ms, now_ms);
	for (size_t i = 0; i < state->place_count; i++)
		if (clamp(&state->places[i].last_ms, now_ms)) {
			state->places[i].written_ms = 0;
			state->places[i].is_due = true;
			stepped = true;
		}
	stepped |= history_clamp(&state->history, now_ms);
	return rates_clamp(&state->rates, now_ms) || stepped;
}

int64_t
state_instance(const char *instance, const struct addr *client)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a, 64 bits */

	if (*instance == '\0')
		return 0;
	for (; *instance != '\0'; instance++)
		hash = (hash ^ (uint8_t)*instance) * 1099511628211u;
	for (size_t i = 0; i < client->bits / 8; i++)
		hash = (hash ^ client->bytes[i]) * 1099511628211u;
	hash &= ~RATED;
	if (marks_is_one((int64_t)hash))
		hash ^= UNMARK;
	return hash != 0 ? (int64_t)hash : 2;
}

/* Its place among the mails lately, or instance_count. */
static size_t
find_instance(const struct account_state *state, int64_t instance)
{
	size_t i = 0;

	while (i < state->instance_count &&
	    ((uint64_t)state->instances[i] & ~RATED) != (uint64_t)instance)
		i++;
	return i;
}

bool
state_has_instance(const struct account_state *state, int64_t instance)
{
	return instance != 0 &&
	    find_instance(state, instance) < state->instance_count;
}

bool
state_is_rated(const struct account_state *state, int64_t instance)
{
	size_t i = find_instance(state, instance);

	return instance != 0 && i < state->instance_count &&
	    ((uint64_t)state->instances[i] & RATED) != 0;
}

/* Put it before the first of them, the last of which gives way. */
static void
put_first(struct account_state *state, int64_t number, size_t count)
{
	memmove(state->instances + 1, state->instances,
	    (count - 1) * sizeof(*state->instances));
	state->instances[0] = number;
}

/* Put it before all of them, if it is not there; of its kind so many stay. */
static void
add_number(struct account_state *state, int64_t number)
{
	const bool kind = marks_is_one(number);
	const size_t most = kind ? MARKS_MAX : INSTANCES_MAX;
	size_t count = 0;

	if (number == 0 || state_has_instance(state, number))
		return;
	for (size_t i = 0; i < state->instance_count; i++)
		if (marks_is_one(state->instances[i]) == kind &&
		    ++count == most) {
			put_first(state, number, i + 1);
			return;
		}
	if (state->instance_count < NUMBERS_MAX)
		state->instance_count++;
	put_first(state, number, state->instance_count);
}

void
state_add_instance(struct account_state *state, int64_t instance)
{
	add_number(state, instance);
}

bool
state_has_mark(const struct account_state *state, int64_t mark)
{
	return state_has_instance(state, mark);
}

void
state_add_mark(struct account_state *state, int64_t mark,
    const struct marks *marks)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->instance_count; i++)
		if (!marks_is_settled(marks, state->instances[i]))
			state->instances[kept++] = state->instances[i];
	state->instance_count = kept;
	add_number(state, mark);
}

void
state_set_rated(struct account_state *state, int64_t instance)
{
	state_add_instance(state, instance);
	if (instance != 0)
		state->instances[find_instance(state, instance)] |= RATED;
}
