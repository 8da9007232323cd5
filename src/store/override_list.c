/*
 * override_list.c -- all custom settings at once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_list.h"

#include "base/mem.h"
#include "store/changes.h"
#include "store/override_json.h"
#include "store/query.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* Rows that one statement writes: as a whole the store would take many times
 * the memory of their text. */
enum { PART = 1000 };

/* An array in JSON, as it is written. */
struct array {
	FILE *out;
	char *text;
	size_t length, count;
};

struct override_list {
	size_t count;
	struct array accounts;	/* all of them, for listed_delete */
	struct array rows;	/* of the part under way, for listed_put */
	char **parts;
	size_t part_count;
};

static void
array_add(struct array *array, json_t *value)
{
	if (array->out == NULL)
		array->out = mem_stream(&array->text, &array->length);
	fputs(array->count++ > 0 ? "," : "[", array->out);
	json_dumpf(value, array->out, OVERRIDE_JSON_FLAGS | JSON_ENCODE_ANY);
	json_decref(value);
}

/* What was added; the caller's. The array is empty again. */
static char *
array_end(struct array *array)
{
	char *text;

	if (array->out == NULL)
		return mem_dup("[]");
	fputs("]", array->out);
	fclose(array->out);
	text = array->text;
	*array = (struct array){ .out = NULL };
	return text;
}

struct override_list *
override_list_new(void)
{
	return mem_new(1, sizeof(struct override_list));
}

static void
end_part(struct override_list *list)
{
	list->parts = mem_grow(list->parts, list->part_count + 1,
	    sizeof(*list->parts));
	list->parts[list->part_count++] = array_end(&list->rows);
}

void
override_list_add(struct override_list *list, const struct override *override)
{
	list->count++;
	array_add(&list->accounts, json_string(override->account));
	array_add(&list->rows, json_pack("[sosI]", override->account,
	    override_settings_to_json(override),
	    override->comment != NULL ? override->comment : "",
	    (json_int_t)list->count));
	if (list->rows.count == PART)
		end_part(list);
}

void
override_list_free(struct override_list *list)
{
	if (list == NULL)
		return;
	free(array_end(&list->accounts));
	free(array_end(&list->rows));
	for (size_t i = 0; i < list->part_count; i++)
		free(list->parts[i]);
	free(list->parts);
	free(list);
}

/* Drop the parts that would change nothing, while nobody waits for that.
 * Returns how many are left, or -1. */
static int
drop_same(struct store *store, struct override_list *list, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	int left = 0;

	for (size_t i = 0; i < list->part_count && worked == 0; i++) {
		int64_t changed = 0;

		worked = query(store, "listed_changed",
		    VALUE_TEXT(list->parts[i]));
		if (worked == 0)
			worked = query_one(store, 0, &changed);
		left += changed > 0;
		if (worked == 0 && changed == 0) {
			free(list->parts[i]);
			list->parts[i] = NULL;
		}
	}
	return query_end(store, worked) == STORE_DONE ? left : -1;
}

/* Are there others than these, if these are all there? */
static int
has_others(struct store *store, const struct override_list *list, bool *has)
{
	int64_t count = 0;
	int worked = query_values(store, "listed_count", NULL, NULL, 0);

	if (worked == 0)
		worked = query_one(store, 0, &count);
	*has = (size_t)count != list->count;
	return worked;
}

/* Each text goes when it was read. */
static int
put(struct store *store, struct override_list *list, const char *accounts,
    bool is_changed)
{
	int worked = query_run_values(store, "overrides_lock", NULL, 0);
	bool has = true;

	if (worked == 0 && !is_changed)
		worked = has_others(store, list, &has);
	if (worked == 0 && has)
		worked = query_run(store, "listed_delete",
		    VALUE_TEXT(accounts));
	for (size_t i = 0; i < list->part_count && worked == 0; i++) {
		if (list->parts[i] == NULL)
			continue;
		worked = query_run(store, "listed_put",
		    VALUE_TEXT(list->parts[i]),
		    VALUE_TEXT(changes_author(store)), VALUE_NOW);
		free(list->parts[i]);
		list->parts[i] = NULL;
	}
	return worked;
}

enum store_result
override_list_replace(struct store *store, struct override_list *list,
    int64_t deadline_ms)
{
	/* Made before the transaction, which others wait for. */
	char *detail = mem_printf("{\"count\":%zu}", list->count);
	char *accounts = array_end(&list->accounts);
	int changed;
	int worked;

	if (list->rows.count > 0)
		end_part(list);
	changed = drop_same(store, list, deadline_ms);
	worked = query_begin(store, ACCESS_LASTING, deadline_ms);
	if (worked == 0)
		worked = changed >= 0 ?
		    put(store, list, accounts, changed > 0) : -1;
	if (worked == 0)
		worked = changes_add(store, "overrides.replace", "", detail);
	free(detail);
	free(accounts);
	return query_end(store, worked);
}
