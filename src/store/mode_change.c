/*
 * mode_change.c -- when a store went from observe to enforce.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/mode_change.h"

#include "store/query.h"
#include "store/side.h"

static bool
is_enforcing(const struct store *store)
{
	return *store->setup.mode == MODE_ENFORCE;
}

/* The row of query mode_since: the last change, and since when attempts of
 * blocked accounts are written down. */
static int
read_since(struct store *store)
{
	int more;

	if (query(store, "mode_since", VALUE_NOW) != 0)
		return -1;
	more = query_next(store);
	if (more > 0) {
		store->changed_ms = query_number(store, 0);
		store->recorded_ms = query_number(store, 1);
		more = query_next(store);
	}
	return more;
}

enum store_result
mode_change_take(struct store *store, int64_t deadline_ms)
{
	const char *mode = is_enforcing(store) ? "enforce" : "observe";
	enum store_result result;
	int worked;

	if (store->news == NULL || store->is_mode_taken)
		return STORE_DONE;
	worked = query_begin(store, ACCESS_LASTING, deadline_ms);
	if (worked == 0)
		worked = query_run(store, "mode_take",
		    VALUE_TEXT(store_server_name()), VALUE_TEXT(mode),
		    VALUE_NUMBER(store->setup.block->carry), VALUE_NOW);
	/* Nobody would be blocked any more: they will be, or not. */
	if (worked == 0 && is_enforcing(store))
		worked = query_run(store, "would_clear", VALUE_NOW);
	if (worked == 0)
		worked = read_since(store);
	result = query_end(store, worked);
	store->is_mode_taken = result == STORE_DONE;
	if (store->is_mode_taken)
		store_news_change(store->news, store->changed_ms);
	return result;
}

enum store_result
mode_change_read(struct store *store, int64_t deadline_ms)
{
	bool is_server = store->news != NULL;
	int worked = query_begin(store, is_server ? ACCESS_WRITE :
						    ACCESS_READ, deadline_ms);
	enum store_result result;

	/* A clock that was ahead would keep all from counting. */
	if (worked == 0 && is_server)
		worked = query_run(store, "mode_clamp", VALUE_NOW);
	if (worked == 0)
		worked = read_since(store);
	result = query_end(store, worked);
	if (result == STORE_DONE && store->news != NULL)
		store_news_change(store->news, store->changed_ms);
	return result;
}

int64_t
mode_change_ms(const struct store *store)
{
	int64_t told_ms = store->news != NULL ?
	    store_news_changed_ms(store->news) : 0;

	if (!is_enforcing(store))
		return 0;
	return told_ms != 0 ? told_ms : store->changed_ms;
}

int64_t
mode_change_recorded_ms(const struct store *store)
{
	return store->recorded_ms;
}
