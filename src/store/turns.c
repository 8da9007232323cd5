/*
 * turns.c -- what only one may do at a time, on whatever host.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn is a row and no lock, which would be of no use behind a pooler that
 * gives each transaction another connection.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "store/query.h"
#include "store/side.h"

#include <unistd.h>

/* Containers may share host name and process number: so the time, too. */
static const char *
owner_of(struct store *store)
{
	if (store->owner == NULL)
		store->owner = mem_printf("%s %ld %lld %lld",
		    store_server_name(), (long)getpid(),
		    (long long)clock_wall_ms(), (long long)clock_mono_us());
	return store->owner;
}

enum store_result
store_take_turn(struct store *store, const char *name, uint32_t lease_s,
    int64_t deadline_ms)
{
	int64_t is_ours = 0;
	int worked = query_begin(store, ACCESS_WRITE, deadline_ms);

	if (worked == 0)
		worked = query(store, "turn_take", VALUE_TEXT(name),
		    VALUE_TEXT(owner_of(store)), VALUE_NOW,
		    VALUE_NUMBER(lease_s));
	if (worked == 0)
		worked = query_one(store, 0, &is_ours);
	if (query_end(store, worked) != STORE_DONE)
		return STORE_FAILED;
	return is_ours != 0 ? STORE_DONE : STORE_NONE;
}

void
store_leave_turn(struct store *store, const char *name, int64_t deadline_ms)
{
	query_change(store, ACCESS_WRITE, deadline_ms, "turn_leave",
	    VALUE_TEXT(name), VALUE_TEXT(owner_of(store)));
}
