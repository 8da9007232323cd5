/*
 * audit.c -- the audit trail: what administrators changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/audit.h"

#include "store/query.h"
#include "store/search.h"
#include "store/side.h"

#include <stdlib.h>
#include <string.h>

void
store_act_as(struct store *store, const char *name, const char *origin)
{
	const struct actor actor = { name, origin };

	store->actor = actor;
	store->side->act_as(store->self, &actor);
}

const char *
audit_author(const struct store *store)
{
	return store->actor.name != NULL ? store->actor.name : "";
}

int
audit_add(struct store *store, const char *action, const char *subject,
    const char *detail)
{
	if (store->actor.name == NULL)
		return 0;
	if (query_run(store, "audit_add", VALUE_TEXT(subject), VALUE_NOW,
		VALUE_TEXT(store->actor.name), VALUE_TEXT(store->actor.origin),
		VALUE_TEXT(action), VALUE_TEXT(detail)) != 0)
		return -1;
	/* Kept so long: statements/sqlite.sql, schema/pgsql/audit.sql. */
	return query_run(store, "audit_forget", VALUE_NOW);
}

enum store_result
store_note_change(struct store *store, const char *action,
    const char *subject, const char *detail, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_LASTING, deadline_ms);

	if (worked == 0)
		worked = audit_add(store, action, subject, detail);
	return query_end(store, worked);
}

static void
take(struct store *store, void *row)
{
	struct change *change = row;

	change->id = query_number(store, 0);
	change->at_ms = query_number(store, 1);
	change->actor = query_copy(store, 2);
	change->origin = query_copy(store, 3);
	change->action = query_copy(store, 4);
	change->subject = query_copy(store, 5);
	change->detail = query_copy(store, 6);
}

static void
clear(void *row)
{
	change_clear(row);
}

enum store_result
store_list_changes(struct store *store, int64_t before, size_t most,
    struct change **changes, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**changes), .take = take,
		.clear = clear };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "audit_list", VALUE_NUMBER(before),
	    VALUE_NUMBER(most));

	*changes = list.rows;
	*count = list.count;
	return result;
}

enum store_result
store_search_changes(struct store *store, const char *text, int64_t before,
    size_t most, struct change **changes, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**changes), .take = take,
		.clear = clear };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "audit_found", VALUE_NUMBER(before),
	    VALUE_TEXT(text), VALUE_NUMBER(most));

	*changes = list.rows;
	*count = list.count;
	return result;
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
