/*
 * test_recent_accounts.c -- accounts as they were saved last, in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/mem.h"
#include "store/account_state.h"
#include "store/recent_accounts.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 20000 };

static void
add_place(struct account_state *state, const char *text, int64_t last_ms)
{
	struct addr network;
	struct place *place;

	ck_assert_int_eq(addr_parse(text, &network), 0);
	place = state_add(state, &network);
	strcpy(place->country, "DE");
	place->asn = 64500;
	place->last_ms = last_ms;
	place->pending = 7;
}

static struct account_state *
make(int64_t version)
{
	struct account_state *state = mem_new(1, sizeof(*state));
	const struct rates rates = { 1, { { 10, 3600 } } };
	uint64_t used;

	state_init(state);
	state->is_known = true;
	state->version = version;
	state->seen_ms = 1000 + version;
	state->last_instance = version;
	add_place(state, "192.0.2.1", 1000 + version);
	add_place(state, "2001:db8::/64", 2000 + version);
	rates_ask(&state->rates, &rates, 3, 5000, &used);
	state_add_instance(state, 42);
	return state;
}

static void
check_same(const struct account_state *a, const struct account_state *b)
{
	char one[PLACES_TEXT_SIZE], other[PLACES_TEXT_SIZE];

	ck_assert_int_eq(a->version, b->version);
	ck_assert_int_eq(a->seen_ms, b->seen_ms);
	ck_assert_int_eq(a->last_instance, b->last_instance);
	state_put_places(a, one);
	state_put_places(b, other);
	ck_assert_str_eq(one, other);
	ck_assert_uint_eq(rates_used(&a->rates, 3600, 5000),
	    rates_used(&b->rates, 3600, 5000));
	ck_assert(state_has_instance(a, 42) && state_has_instance(b, 42));
}

START_TEST(what_was_kept_is_found)
{
	struct recent *recent = recent_open();
	struct account_state *state = make(5), *found = make(1);
	int64_t overrides = 0, at_ms = 0;

	ck_assert(!recent_find(recent, "joe", found, &overrides, &at_ms));
	recent_keep(recent, "joe", state, 77, 88);
	ck_assert(!recent_find(recent, "jim", found, &overrides, &at_ms));
	ck_assert(recent_find(recent, "joe", found, &overrides, &at_ms));
	ck_assert_int_eq(overrides, 77);
	ck_assert_int_eq(at_ms, 88);
	check_same(found, state);
	/* A row that is another one than somebody thought. */
	recent_drop(recent, "joe", 4);
	ck_assert(recent_find(recent, "joe", found, &overrides, &at_ms));
	recent_drop(recent, "joe", 5);
	ck_assert(!recent_find(recent, "joe", found, &overrides, &at_ms));
	free(state);
	free(found);
	recent_close(recent);
}
END_TEST

/* Who moves about has as many places as its row holds. */
START_TEST(many_places_are_kept)
{
	struct recent *recent = recent_open();
	struct account_state *state = make(5), *found = make(1);
	int64_t overrides, at_ms;

	for (int i = 0; i < PLACES_MAX - 2; i++) {
		char text[32];

		snprintf(text, sizeof(text), "198.51.100.%d", i + 1);
		add_place(state, text, 3000 + i);
	}
	state->places[1].is_due = true;
	state->places[2].is_gone = true;
	recent_keep(recent, "joe", state, 1, 1);
	ck_assert(recent_find(recent, "joe", found, &overrides, &at_ms));
	check_same(found, state);
	ck_assert(found->places[1].is_due && !found->places[1].is_gone);
	ck_assert(found->places[2].is_gone && !found->places[2].is_due);
	free(state);
	free(found);
	recent_close(recent);
}
END_TEST

/* One with too much of everything is not kept, nor what was before. */
START_TEST(what_is_too_large_is_none)
{
	struct recent *recent = recent_open();
	struct account_state *state = make(5), *found = make(1);
	int64_t overrides, at_ms;

	recent_keep(recent, "joe", state, 1, 1);
	for (int i = 0; i < PLACES_MAX - 2; i++) {
		char text[32];

		snprintf(text, sizeof(text), "2001:db8:0:%x::/64", i + 1);
		add_place(state, text, 3000 + i);
	}
	for (int i = 0; i < INSTANCES_MAX; i++)
		state_add_instance(state, 100 + i);
	recent_keep(recent, "joe", state, 1, 1);
	ck_assert(!recent_find(recent, "joe", found, &overrides, &at_ms));
	free(state);
	free(found);
	recent_close(recent);
}
END_TEST

/* It is bounded, and who was asked for lately stays. */
START_TEST(the_oldest_give_way)
{
	struct recent *recent = recent_open();
	struct account_state *state = make(5);
	int64_t overrides, at_ms;
	unsigned kept = 0;

	recent_keep(recent, "joe", state, 1, 1);
	for (int i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "user%d", i);
		recent_keep(recent, name, state, 1, 1);
		ck_assert(recent_find(recent, "joe", state, &overrides,
		    &at_ms));
	}
	for (int i = 0; i < MANY; i++) {
		char name[32];

		snprintf(name, sizeof(name), "user%d", i);
		kept += recent_find(recent, name, state, &overrides, &at_ms);
	}
	ck_assert_uint_gt(kept, MANY / 4);
	ck_assert_uint_lt(kept, MANY / 2);
	free(state);
	recent_close(recent);
}
END_TEST

/* Write one entry again and again, each time all of it another. */
static void
scribble(struct recent *recent, int64_t first)
{
	for (int64_t n = first;; n += 2) {
		struct account_state *state = make(n % 100000 + 1);

		recent_keep(recent, "joe", state, state->version,
		    state->version);
		free(state);
	}
}

/* Two that write it, one of which is killed: what is found is whole. */
START_TEST(nothing_torn_is_found)
{
	struct recent *recent = recent_open();
	struct account_state *found = make(1);
	pid_t writers[2];
	unsigned seen = 0;

	for (int i = 0; i < 2; i++) {
		writers[i] = fork();
		ck_assert_int_ge(writers[i], 0);
		if (writers[i] == 0)
			scribble(recent, i);
	}
	for (unsigned tries = 0; seen < 20000; tries++) {
		struct account_state *expected;
		int64_t overrides, at_ms;

		if (seen == 10000)
			kill(writers[0], SIGKILL);
		if (!recent_find(recent, "joe", found, &overrides, &at_ms))
			continue;
		seen++;
		ck_assert_int_eq(overrides, at_ms);
		expected = make(overrides);
		check_same(found, expected);
		free(expected);
	}
	for (int i = 0; i < 2; i++) {
		kill(writers[i], SIGKILL);
		ck_assert_int_eq(waitpid(writers[i], NULL, 0), writers[i]);
	}
	free(found);
	recent_close(recent);
}
END_TEST

UNIT("store/recent_accounts", what_was_kept_is_found, many_places_are_kept,
    what_is_too_large_is_none, the_oldest_give_way, nothing_torn_is_found)
