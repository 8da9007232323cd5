/*
 * overrides.c -- overrides in the store, read and changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/override_json.h"
#include "store/query.h"
#include "store/search.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- reading --------------------------------------------------------------- */

/* One that cannot be read sets nothing, and is said. */
static void
take(struct store *store, void *row)
{
	struct stored_override *stored = row;

	stored->override.account = query_copy(store, 0);
	if (override_json_read(query_text(store, 1), &stored->override) != 0)
		log_warning("store: the settings of the override of %s cannot "
			    "be read", stored->override.account);
	stored->override.comment = query_copy(store, 2);
	stored->author = query_copy(store, 3);
	stored->changed_ms = query_number(store, 4);
	stored->valid_until_ms = query_number(store, 5);
	stored->revision = query_number(store, 6);
	stored->is_listed = query_number(store, 7) != 0;
}

static void
clear(void *row)
{
	stored_override_clear(row);
}

enum store_result
store_find_override(struct store *store, const char *account,
    struct stored_override *found, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(*found), .take = take,
		.clear = clear };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "override_find", VALUE_TEXT(account));

	memset(found, 0, sizeof(*found));
	if (list.count > 0)
		*found = *(struct stored_override *)list.rows;
	free(list.rows);
	return result == STORE_DONE && list.count == 0 ? STORE_NONE : result;
}

enum store_result
store_list_overrides(struct store *store, const char *after, size_t most,
    struct stored_override **overrides, size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**overrides), .take = take,
		.clear = clear };
	enum store_result result = after != NULL ?
	    query_all(store, &list, ACCESS_READ, deadline_ms,
		"overrides_after", VALUE_TEXT(after), VALUE_NUMBER(most)) :
	    query_all(store, &list, ACCESS_READ, deadline_ms,
		"overrides_listed", VALUE_NUMBER(most));

	*overrides = list.rows;
	*count = list.count;
	return result;
}

enum store_result
store_search_overrides(struct store *store, const char *text,
    const char *after, size_t most, struct stored_override **overrides,
    size_t *count, int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**overrides), .take = take,
		.clear = clear };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "overrides_found", VALUE_TEXT(after),
	    VALUE_TEXT(text), VALUE_NUMBER(most));

	*overrides = list.rows;
	*count = list.count;
	return result;
}

/* --- changes ---------------------------------------------------------------- */

static int
put(struct store *store, const struct stored_override *stored,
    const char *author, int64_t expected, int64_t *revision)
{
	const struct override *override = &stored->override;
	char *settings = override_json_write(override);
	int worked = query(store, "override_put",
	    VALUE_TEXT(override->account), VALUE_TEXT(settings),
	    VALUE_TEXT(override->comment != NULL ? override->comment : ""),
	    VALUE_TEXT(author), VALUE_NOW,
	    VALUE_NUMBER(stored->valid_until_ms),
	    VALUE_NUMBER(stored->is_listed), VALUE_NUMBER(expected));

	if (worked == 0)
		worked = query_one(store, 0, revision);
	free(settings);
	return worked;
}

static int
note_put(struct store *store, const struct stored_override *stored)
{
	json_t *object = override_set_to_json(stored);
	char *detail = json_dumps(object, OVERRIDE_JSON_FLAGS);
	int worked = audit_add(store, "override.put",
	    stored->override.account, detail);

	free(detail);
	json_decref(object);
	return worked;
}

enum store_result
store_put_override(struct store *store, struct stored_override *stored,
    int64_t expected, int64_t deadline_ms)
{
	const char *author = audit_author(store);
	int64_t revision = 0;
	int worked = query_begin(store, ACCESS_LASTING, deadline_ms);

	if (worked == 0)
		worked = put(store, stored, author, expected, &revision);
	if (worked == 0 && revision != 0)
		worked = note_put(store, stored);
	if (query_end(store, worked) != STORE_DONE)
		return STORE_FAILED;
	if (revision == 0)
		return STORE_NONE;
	stored->revision = revision;
	return STORE_DONE;
}

enum store_result
store_delete_override(struct store *store, const char *account,
    bool listed_only, int64_t expected, int64_t deadline_ms)
{
	int64_t revision = 0;
	int worked = query_begin(store, ACCESS_LASTING, deadline_ms);

	if (worked == 0)
		worked = query(store, "override_delete", VALUE_TEXT(account),
		    VALUE_NUMBER(listed_only), VALUE_NUMBER(expected));
	if (worked == 0)
		worked = query_one(store, 0, &revision);
	if (worked == 0 && revision != 0)
		worked = audit_add(store, "override.delete", account, "{}");
	if (query_end(store, worked) != STORE_DONE)
		return STORE_FAILED;
	return revision != 0 ? STORE_DONE : STORE_NONE;
}

/* --- the custom settings ----------------------------------------------------- */

void
stored_override_clear(struct stored_override *stored)
{
	override_clear(&stored->override);
	free(stored->author);
	memset(stored, 0, sizeof(*stored));
}
