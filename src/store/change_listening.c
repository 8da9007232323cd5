/*
 * change_listening.c -- hear of what others change in the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/change_listening.h"

#include "base/clock.h"
#include "store/query.h"
#include "store/side.h"

enum { PATIENCE_MS = 1000 };

void
store_hear(struct store *store, const struct listener *listener,
    struct hearing *hearing)
{
	*hearing = (struct hearing){ .fd = -1 };
	store->side->hear(store->self, listener, hearing);
	if (hearing->is_new) {
		const struct store_change missed = { .kind = CHANGE_MISSED };

		/* Another server, perhaps, that knows nothing of us. */
		store->is_reckoned_with = false;
		listener->take(listener->self, &missed);
	}
	if (!hearing->is_heard || store->is_reckoned_with ||
	    listener->memory_ms == 0)
		return;
	store->is_reckoned_with = query_change(store, ACCESS_LASTING,
	    clock_mono_ms() + PATIENCE_MS, "memory_for",
	    VALUE_NUMBER(listener->memory_ms)) == STORE_DONE;
	hearing->is_heard = store->is_reckoned_with;
}
