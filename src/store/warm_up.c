/*
 * warm_up.c -- has the store learned long enough for all rules to speak?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/warm_up.h"

#include "base/clock.h"
#include "store/query.h"
#include "store/side.h"

enum { LOOK_EVERY_MS = 60000 };

/* Since when it learns, and what time it is, by the store's clock. */
static enum store_result
ask(struct store *store, int64_t *since_ms, int64_t *now_ms,
    int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_READ, deadline_ms);

	if (worked == 0)
		worked = query(store, "history_since", VALUE_NOW);
	if (worked == 0 && query_next(store) == 1) {
		*since_ms = query_number(store, 0);
		*now_ms = query_number(store, 1);
	}
	return query_end(store, worked);
}

void
warm_up_look(struct store *store, int64_t deadline_ms)
{
	struct store_setup *setup = &store->setup;
	int64_t since_ms = setup->history_since_ms;
	int64_t now_ms = clock_wall_ms();

	if (setup->is_warm || setup->history == NULL)
		return;
	if (setup->history->warm_up_s == 0) {
		setup->is_warm = true;
		return;
	}
	if (since_ms == 0) {
		if (store->warm_look_ms != 0 && clock_mono_ms() <
		    store->warm_look_ms + LOOK_EVERY_MS)
			return;
		if (ask(store, &since_ms, &now_ms, deadline_ms) != STORE_DONE)
			return;
		store->warm_look_ms = clock_mono_ms();
	}
	setup->warm_at_ms = since_ms == 0 ? 0 :
	    since_ms + (int64_t)setup->history->warm_up_s * 1000;
	setup->is_warm = since_ms != 0 && now_ms >= setup->warm_at_ms;
}

enum store_result
store_learns_since(struct store *store, int64_t *since_ms,
    int64_t deadline_ms)
{
	int64_t now_ms = 0;

	*since_ms = 0;
	if (ask(store, since_ms, &now_ms, deadline_ms) != STORE_DONE)
		return STORE_FAILED;
	return *since_ms != 0 ? STORE_DONE : STORE_NONE;
}

enum store_result
store_learned_since(struct store *store, int64_t since_ms,
    int64_t deadline_ms)
{
	return query_change(store, ACCESS_WRITE, deadline_ms,
	    "history_learned", VALUE_NUMBER(since_ms));
}
