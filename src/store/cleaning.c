/*
 * cleaning.c -- the way of a cleaning through the tables of a store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/cleaning.h"

#include "base/clock.h"
#include "store/account_state.h"
#include "store/history.h"
#include "store/override_list.h"
#include "store/query.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* A cleaning that died keeps others from it for so long; one that
	 * lives renews its turn in time. */
	TURN_S = 60,
	RENEW_MS = 10000,
	/* A transaction is to take so long: requests wait for no more, and
	 * one that is slower by chance still stays below 50 ms. */
	TARGET_US = 10000,
	FIRST_ROWS = 100,
	LEAST_ROWS = 10,
	/* A pause after a batch: at least so long, and as long as the batch
	 * took, so that cleaning has half of the disk at most. */
	PAUSE_US = 1000,
};

/* Until a day is forgotten, that day included. */
#define HISTORY_KEPT_MS ((HISTORY_DAYS + 1) * INT64_C(86400000))

static const char turn[] = "clean";

unsigned
cleaning_pace(unsigned rows, int64_t took_us, unsigned most)
{
	int64_t fit = took_us > 0 ? (int64_t)rows * TARGET_US / took_us :
				    (int64_t)rows * 2;

	/* One quick batch proves little; one slow batch is one too many. */
	if (fit > (int64_t)rows * 2)
		fit = (int64_t)rows * 2;
	if (fit < LEAST_ROWS)
		fit = LEAST_ROWS;
	return fit < (int64_t)most ? (unsigned)fit : most;
}

static enum store_result
take_turn(const struct cleaning *cleaning)
{
	return store_take_turn(cleaning->store, turn, TURN_S,
	    cleaning->deadline_ms);
}

/* What is older goes: the host's own clock may be days ahead. */
static enum store_result
find_before(const struct cleaning *cleaning, int64_t *before_ms)
{
	struct store *store = cleaning->store;
	int64_t now_ms = 0;
	int worked = query_begin(store, ACCESS_READ, cleaning->deadline_ms);

	if (worked == 0)
		worked = query_clock(store, &now_ms);
	*before_ms = now_ms - (int64_t)cleaning->retention_s * 1000;
	return query_end(store, worked);
}

/* What stays longer than the retention, milliseconds. */
static int64_t
kept_longer(const struct cleaning *cleaning, enum clean_table table)
{
	int64_t kept_ms = (int64_t)cleaning->retention_s * 1000;

	/* The row of a login may be behind what it stands for. */
	if (table == CLEAN_LOGINS)
		return PLACE_FRESH_MS;
	/* The row of an account has its history. */
	return table == CLEAN_ACCOUNTS && kept_ms < HISTORY_KEPT_MS ?
	    HISTORY_KEPT_MS - kept_ms : 0;
}

/* Clean one table; renew_ms: when the turn is to be renewed. */
static enum store_result
walk_table(const struct cleaning *cleaning, enum clean_table table,
    int64_t before_ms, int64_t *renew_ms, uint64_t *deleted)
{
	const struct store *store = cleaning->store;
	struct clean_walk walk = { .table = table,
		.before_ms = before_ms - kept_longer(cleaning, table) };
	unsigned most = cleaning->most > 0 ? cleaning->most : 1;
	enum store_result result = STORE_DONE;

	walk.rows = most < FIRST_ROWS ? most : FIRST_ROWS;
	while (!walk.is_over && result == STORE_DONE) {
		int64_t began_us = clock_mono_us();
		int64_t took_us;

		if (clock_mono_ms() >= *renew_ms) {
			*renew_ms = clock_mono_ms() + RENEW_MS;
			result = take_turn(cleaning);
			if (result != STORE_DONE)
				break;
			began_us = clock_mono_us();
		}
		result = store->side->clean_batch(store->self, &walk,
		    cleaning->deadline_ms);
		took_us = clock_mono_us() - began_us;
		walk.rows = cleaning_pace(walk.rows, took_us, most);
		if (!walk.is_over)
			clock_rest_us(PAUSE_US + took_us);
	}
	*deleted = walk.deleted;
	free(walk.account);
	free(walk.network);
	return result;
}

enum store_result
cleaning_run(const struct cleaning *cleaning, struct cleaned *cleaned)
{
	/* Accounts behind the logins and blocks that keep them. */
	uint64_t *const counts[CLEAN_TABLES] = {
		[CLEAN_LOGINS] = &cleaned->logins,
		[CLEAN_BLOCKS] = &cleaned->blocks,
		[CLEAN_ACCOUNTS] = &cleaned->accounts,
		[CLEAN_OUTBOX] = &cleaned->notifications,
		[CLEAN_HITS] = &cleaned->hits,
	};
	int64_t renew_ms = clock_mono_ms() + RENEW_MS;
	enum store_result result = take_turn(cleaning);

	int64_t before_ms;

	if (result != STORE_DONE)
		return result;
	result = find_before(cleaning, &before_ms);
	for (enum clean_table table = 0;
	     table < CLEAN_TABLES && result == STORE_DONE; table++)
		if (table != CLEAN_HITS || !cleaning->keeps_hits)
			result = walk_table(cleaning, table, before_ms,
			    &renew_ms, counts[table]);
	if (result == STORE_DONE)
		result = override_list_tidy(cleaning->store, cleaning->deadline_ms);
	store_leave_turn(cleaning->store, turn, cleaning->deadline_ms);
	return result;
}
