/*
 * override_list.c -- all custom settings at once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_list.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/changes.h"
#include "store/override_json.h"
#include "store/query.h"
#include "store/side.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

/* Drop the parts that would change nothing; how many are left. */
static int
drop_same(struct store *store, struct override_list *list, size_t *left)
{
	int worked = 0;

	*left = 0;
	for (size_t i = 0; i < list->part_count && worked == 0; i++) {
		int64_t changed = 0;

		worked = query(store, "listed_changed",
		    VALUE_TEXT(list->parts[i]));
		if (worked == 0)
			worked = query_one(store, 0, &changed);
		*left += changed > 0;
		if (worked == 0 && changed == 0) {
			free(list->parts[i]);
			list->parts[i] = NULL;
		}
	}
	return worked;
}

static int
count_listed(struct store *store, size_t *count)
{
	int64_t number = 0;
	int worked = query_values(store, "listed_count", NULL, NULL, 0);

	if (worked == 0)
		worked = query_one(store, 0, &number);
	*count = (size_t)number;
	return worked;
}

/* Each text goes when it was read. */
static int
put(struct store *store, struct override_list *list, const char *accounts)
{
	int worked = query_run_values(store, "overrides_lock", NULL, 0);
	size_t changed = 0;
	size_t there = 0;

	if (worked == 0)
		worked = drop_same(store, list, &changed);
	if (worked == 0 && changed == 0)
		worked = count_listed(store, &there);
	/* If these are all there: are there others? */
	if (worked == 0 && (changed > 0 || there != list->count))
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

static enum store_result
replace_at_once(struct store *store, struct override_list *list,
    const char *detail, int64_t deadline_ms)
{
	/* Made before the transaction, which others wait for. */
	char *accounts = array_end(&list->accounts);
	int worked = query_begin(store, ACCESS_LASTING, deadline_ms);

	if (worked == 0)
		worked = put(store, list, accounts);
	if (worked == 0)
		worked = changes_add(store, "overrides.replace", "", detail);
	free(accounts);
	return query_end(store, worked);
}

/* Would others wait for it? */
static enum store_result
is_long(struct store *store, const struct override_list *list, bool *is,
    int64_t deadline_ms)
{
	size_t there = 0;
	int worked = 0;

	*is = store->side->replace_list != NULL && list->count > PART;
	if (store->side->replace_list == NULL || *is)
		return STORE_DONE;
	worked = query_begin(store, ACCESS_READ, deadline_ms);
	if (worked == 0)
		worked = count_listed(store, &there);
	*is = there > PART;
	return query_end(store, worked);
}

/* One list after the other: who waits for a lock has less patience. */
static enum store_result
take_turn(struct store *store, int64_t deadline_ms)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	enum store_result result;

	while ((result = store_take_turn(store, LIST_TURN, LIST_TURN_S,
	    deadline_ms)) == STORE_NONE && clock_left_ms(deadline_ms) > 0)
		nanosleep(&pause, NULL);
	return result;
}

static enum store_result
replace(struct store *store, struct override_list *list, const char *detail,
    int64_t deadline_ms)
{
	struct list_order order = { .parts = list->parts,
		.part_count = list->part_count, .detail = detail,
		.owner = store->owner };
	bool is = false;

	if (is_long(store, list, &is, deadline_ms) != STORE_DONE)
		return STORE_FAILED;
	return is ?
	    store->side->replace_list(store->self, &order, deadline_ms) :
	    replace_at_once(store, list, detail, deadline_ms);
}

enum store_result
override_list_replace(struct store *store, struct override_list *list,
    int64_t deadline_ms)
{
	char *detail = mem_printf("{\"count\":%zu}", list->count);
	enum store_result result = take_turn(store, deadline_ms);

	if (list->rows.count > 0)
		end_part(list);
	if (result == STORE_DONE) {
		result = replace(store, list, detail, deadline_ms);
		store_leave_turn(store, LIST_TURN, deadline_ms);
	} else if (result == STORE_NONE) {
		log_warning("store: another list of custom settings is put "
			    "in place: this one came too late");
		result = STORE_FAILED;
	}
	free(detail);
	return result;
}

enum store_result
override_list_tidy(struct store *store, int64_t deadline_ms)
{
	enum store_result result;

	if (store->side->tidy_lists == NULL)
		return STORE_DONE;
	result = store_take_turn(store, LIST_TURN, LIST_TURN_S, deadline_ms);
	if (result != STORE_DONE)
		/* One that is under way tidies up itself. */
		return result == STORE_NONE ? STORE_DONE : result;
	result = store->side->tidy_lists(store->self, store->owner,
	    deadline_ms);
	store_leave_turn(store, LIST_TURN, deadline_ms);
	return result;
}
