/*
 * places_completing.c -- places that an account's row has no room for, loaded.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/places_completing.h"

#include "store/places.h"

#include <stdlib.h>

/* Counts of older places that may be too great are made right so often, unless
 * an answer hangs on them. */
enum { STALE_MS = 60000 };

/* The settings of all that is asked reach back to then at most. */
static int64_t
reach(const struct completing *c, const struct work *work, int64_t now_ms)
{
	int64_t until_ms = work->state.blocked_until_ms;
	/* What is told of a block that is over is as it was at its end. */
	int64_t at_ms = until_ms != 0 && until_ms < now_ms ? until_ms : now_ms;
	int64_t since_ms = INT64_MAX;

	if (work->kind != WORK_CHECK)
		return places_since(&work->state, c->setup->settings,
		    at_ms);
	if (until_ms > now_ms)
		return since_ms; /* nothing is counted */
	for (size_t i = 0; i < work->check_count; i++) {
		const struct check *check = work->checks[i];
		int64_t own_ms = places_since(&work->state, check->settings,
		    at_ms);

		if (check->login.network.bits != 0 && own_ms < since_ms)
			since_ms = own_ms;
	}
	return since_ms;
}

/* Read all that is remembered of the account's places. */
static int
load_rows(const struct completing *c, struct work *work, size_t most,
    int64_t since_ms, int64_t now_ms, int64_t deadline_ms)
{
	free(work->rows);
	work->rows = NULL;
	work->row_count = 0;
	if (c->side->load_rows(c->self, work, most + 1,
		deadline_ms) != 0)
		return -1;
	work_take_rows(work, most, since_ms, now_ms);
	return 0;
}

/* Would this check get another answer without the older places? They are
 * counted with as many more as the round may bring. */
static bool
hangs_on_older(const struct completing *c, const struct work *work,
    const struct check *check, int64_t since_ms)
{
	const struct settings settings = work_settings(work, check->settings);
	struct evidence all = places_count(work, &settings, since_ms);
	struct evidence held = places_count(work, &settings,
	    work->state.complete_ms);

	for (int i = 0; i < MEASURE_COUNT; i++)
		all.found[i] += (uint32_t)work->check_count;
	return c->setup->judge(&settings, &held, &check->login).cause ==
	    CAUSE_NONE &&
	    c->setup->judge(&settings, &all, &check->login).cause !=
	    CAUSE_NONE;
}

static bool
may_block(const struct completing *c)
{
	return c->setup->block->enabled &&
	    *c->setup->mode != MODE_OBSERVE;
}

/* Will the counts do that were made when the rows were read last? */
static bool
is_good_enough(const struct completing *c, const struct work *work,
    size_t most, int64_t since_ms, int64_t now_ms)
{
	const struct older_places *older = &work->older;
	bool is_stale = older->oldest_ms <= since_ms;

	if (!older->is_counted || work->kind != WORK_CHECK ||
	    work->state.complete_ms > now_ms || older->counted_ms > now_ms)
		return false;
	/* A quarter more than are remembered, then many give way at once. */
	if (older->networks + PLACES_MAX > most + most / 4)
		return false;
	if (is_stale && older->counted_ms < now_ms - STALE_MS)
		return false;
	if (!is_stale && !may_block(c))
		return true;
	for (size_t i = 0; i < work->check_count; i++)
		if (hangs_on_older(c, work, work->checks[i], since_ms))
			return false;
	return true;
}

/* The most networks that any of what is asked wants remembered. */
static size_t
most_of(const struct completing *c, const struct work *work)
{
	struct settings settings = work_settings(work,
	    c->setup->settings);
	size_t most = places_most(&settings);

	for (size_t i = 0; i < work->check_count; i++) {
		size_t own;

		settings = work_settings(work, work->checks[i]->settings);
		own = places_most(&settings);
		most = own > most ? own : most;
	}
	return most;
}

/* Since when places count that its row does not have; INT64_MAX: it has all. */
static int64_t
missing_since(const struct completing *c, struct work *work, int64_t now_ms)
{
	int64_t since_ms = reach(c, work, now_ms);

	if (since_ms == INT64_MAX ||
	    (work->state.is_known && since_ms < work->state.complete_ms))
		return since_ms;
	older_count(&work->older, NULL, 0, now_ms);
	return INT64_MAX;
}

static bool
has_older(const struct work *work)
{
	return work->state.complete_ms != INT64_MAX &&
	    work->kind == WORK_CHECK;
}

int
completing_load(const struct completing *c, struct work *const *works,
    size_t count, int64_t now_ms, int64_t deadline_ms)
{
	struct work *open[ROUND_WORKS];
	struct work *older[ROUND_WORKS];
	int64_t since_ms[ROUND_WORKS];
	size_t open_count = 0;
	size_t with_older = 0;

	for (size_t i = 0; i < count; i++) {
		since_ms[open_count] = missing_since(c, works[i], now_ms);
		if (since_ms[open_count] == INT64_MAX)
			continue;
		open[open_count++] = works[i];
		if (has_older(works[i]))
			older[with_older++] = works[i];
	}
	if (with_older > 0 && c->side->load_older(c->self, older, with_older,
		deadline_ms) != 0)
		return -1;
	for (size_t i = 0; i < open_count; i++) {
		size_t most = most_of(c, open[i]);

		if (!is_good_enough(c, open[i], most, since_ms[i], now_ms) &&
		    load_rows(c, open[i], most, since_ms[i], now_ms,
			deadline_ms) != 0)
			return -1;
	}
	return 0;
}

int
completing_read(const struct completing *c, struct work *work,
    const struct settings *settings, int64_t now_ms, int64_t deadline_ms)
{
	int64_t since_ms = places_since(&work->state, settings, now_ms);

	if (!work->state.is_known || since_ms >= work->state.complete_ms)
		return 0;
	return load_rows(c, work, places_most(settings), since_ms, now_ms,
	    deadline_ms);
}
