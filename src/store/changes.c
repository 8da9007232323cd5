/*
 * changes.c -- the seam to the store: what administrators change.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/store.h"

#include "store/side.h"

#include <stdlib.h>
#include <string.h>

void
store_act_as(struct store *store, const char *name, const char *origin)
{
	const struct actor actor = { name, origin };

	store->side->act_as(store->self, &actor);
}

enum store_result
store_note_change(struct store *store, const char *action,
    const char *subject, const char *detail, int64_t deadline_ms)
{
	return store->side->note_change(store->self, action, subject, detail,
	    deadline_ms);
}

enum store_result
store_list_changes(struct store *store, int64_t before, size_t most,
    struct change **changes, size_t *count, int64_t deadline_ms)
{
	*changes = NULL;
	*count = 0;
	return store->side->list_changes(store->self, before, most, changes,
	    count, deadline_ms);
}

enum store_result
store_find_override(struct store *store, const char *account,
    struct stored_override *found, int64_t deadline_ms)
{
	memset(found, 0, sizeof(*found));
	return store->side->find_override(store->self, account, found,
	    deadline_ms);
}

enum store_result
store_list_overrides(struct store *store, const char *after, size_t most,
    struct stored_override **list, size_t *count, int64_t deadline_ms)
{
	*list = NULL;
	*count = 0;
	return store->side->list_overrides(store->self, after, most, list,
	    count, deadline_ms);
}

enum store_result
store_put_override(struct store *store, struct stored_override *stored,
    int64_t expected, int64_t deadline_ms)
{
	return store->side->put_override(store->self, stored, expected,
	    deadline_ms);
}

enum store_result
store_delete_override(struct store *store, const char *account,
    bool listed_only, int64_t expected, int64_t deadline_ms)
{
	return store->side->delete_override(store->self, account, listed_only,
	    expected, deadline_ms);
}

enum store_result
store_replace_listed(struct store *store, const struct stored_override *list,
    size_t count, int64_t deadline_ms)
{
	return store->side->replace_listed(store->self, list, count,
	    deadline_ms);
}

enum store_result
store_count(struct store *store, struct totals *totals, int64_t deadline_ms)
{
	memset(totals, 0, sizeof(*totals));
	return store->side->count(store->self, totals, deadline_ms);
}

void
change_clear(struct change *change)
{
	free(change->actor);
	free(change->origin);
	free(change->action);
	free(change->subject);
	free(change->detail);
	memset(change, 0, sizeof(*change));
}

void
stored_override_clear(struct stored_override *stored)
{
	override_clear(&stored->override);
	free(stored->author);
	memset(stored, 0, sizeof(*stored));
}
