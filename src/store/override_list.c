/*
 * override_list.c -- all custom settings at once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_list.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/override_json.h"
#include "store/query.h"
#include "store/side.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	/* Rows that one statement writes: as a whole the store would take many
	 * times the memory of their text. */
	PART = 2000,
	/* More take long, for others that wait for the transaction. */
	LONG = 1000,
	/* So often it is looked again what is to change. */
	LOOKS = 3,
	TURN_PAUSE_US = 20000,
};

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

/* --- in one transaction ------------------------------------------------------ */

/*
 * Until the end of a transaction that writes PostgreSQL keeps all that was in
 * any row since it began, and whoever serves mail has to pass over it: so what
 * is to change is found out before, with pauses, and then written without.
 */
struct replacing {
	struct store *store;
	struct override_list *list;
	int64_t revision;	/* of all overrides, when they were looked at */
	bool *is_other;		/* a part would change something */
	int64_t deadline_ms, hurry_ms;
};

/* Half as long as the work before it, while there is time. */
static void
rest(const struct replacing *r, int64_t began_us)
{
	int64_t now_us = clock_mono_us();

	if (now_us / 1000 < r->hurry_ms)
		clock_rest_us((now_us - began_us) / 2);
}

static int
number(struct store *store, const char *name, const struct value *values,
    size_t count, int64_t *found)
{
	*found = 0;
	if (query_values(store, name, NULL, values, count) != 0)
		return -1;
	return query_one(store, 0, found);
}

static enum store_result
look_at(const struct replacing *r, size_t i)
{
	const struct value part = VALUE_TEXT(r->list->parts[i]);
	int64_t began_us = clock_mono_us();
	int64_t changed;
	int worked = query_begin(r->store, ACCESS_READ, r->deadline_ms);
	enum store_result result;

	if (worked == 0)
		worked = number(r->store, "listed_changed", &part, 1,
		    &changed);
	result = query_end(r->store, worked);
	if (result == STORE_DONE)
		r->is_other[i] = changed > 0;
	rest(r, began_us);
	return result;
}

/* What is to change, and as of which revision? */
static enum store_result
look(struct replacing *r)
{
	int worked = query_begin(r->store, ACCESS_READ, r->deadline_ms);
	enum store_result result;

	if (worked == 0)
		worked = number(r->store, "overrides_revision", NULL, 0,
		    &r->revision);
	result = query_end(r->store, worked);
	for (size_t i = 0; i < r->list->part_count && result == STORE_DONE;
	     i++)
		result = look_at(r, i);
	return result;
}

/* Is all as it was looked at? */
static int
keep_others_out(struct replacing *r, bool *is_late)
{
	int64_t revision;

	if (query_run_values(r->store, "overrides_lock", NULL, 0) != 0 ||
	    number(r->store, "overrides_revision", NULL, 0, &revision) != 0)
		return -1;
	*is_late = revision != r->revision;
	return 0;
}

static int
delete_others(const struct replacing *r, const char *accounts)
{
	int64_t there = 0;
	bool is_other = false;

	for (size_t i = 0; i < r->list->part_count; i++)
		is_other |= r->is_other[i];
	/* If these are all there: are there others? */
	if (!is_other &&
	    number(r->store, "listed_count", NULL, 0, &there) != 0)
		return -1;
	if (!is_other && (size_t)there == r->list->count)
		return 0;
	return query_run(r->store, "listed_delete", VALUE_TEXT(accounts));
}

static int
put(const struct replacing *r, const char *accounts)
{
	int worked = delete_others(r, accounts);

	for (size_t i = 0; i < r->list->part_count && worked == 0; i++)
		if (r->is_other[i])
			worked = query_run(r->store, "listed_put",
			    VALUE_TEXT(r->list->parts[i]),
			    VALUE_TEXT(audit_author(r->store)), VALUE_NOW);
	return worked;
}

/* STORE_NONE: others were faster, look again; if it is the last time all is put
 * as if it were new. */
static enum store_result
try_replace(struct replacing *r, const char *accounts, const char *detail,
    bool is_last)
{
	bool is_late = false;
	int worked = query_begin(r->store, ACCESS_LASTING, r->deadline_ms);

	if (worked == 0)
		worked = keep_others_out(r, &is_late);
	for (size_t i = 0; i < r->list->part_count && is_late; i++)
		r->is_other[i] = true;
	if (worked == 0 && is_late && !is_last)
		return query_end(r->store, 0) == STORE_DONE ? STORE_NONE :
							      STORE_FAILED;
	if (worked == 0)
		worked = put(r, accounts);
	if (worked == 0)
		worked = audit_add(r->store, "overrides.replace", "",
		    detail);
	return query_end(r->store, worked);
}

static enum store_result
replace_at_once(struct store *store, struct override_list *list,
    const char *detail, int64_t deadline_ms)
{
	struct replacing r = { .store = store, .list = list,
		.is_other = mem_new(list->part_count + 1, sizeof(bool)),
		.deadline_ms = deadline_ms,
		.hurry_ms = clock_mono_ms() + clock_left_ms(deadline_ms) / 2 };
	/* Made before the transaction, which others wait for. */
	char *accounts = array_end(&list->accounts);
	enum store_result result = STORE_NONE;

	for (int i = 1; i <= LOOKS && result == STORE_NONE; i++) {
		result = look(&r);
		if (result == STORE_DONE)
			result = try_replace(&r, accounts, detail, i == LOOKS);
	}
	free(accounts);
	free(r.is_other);
	return result;
}

/* --- which way ----------------------------------------------------------------- */

/* Would others wait for it? */
static enum store_result
is_long(struct store *store, const struct override_list *list, bool *is,
    int64_t deadline_ms)
{
	int64_t there = 0;
	int worked;

	*is = store->side->replace_list != NULL && list->count > LONG;
	if (store->side->replace_list == NULL || *is)
		return STORE_DONE;
	worked = query_begin(store, ACCESS_READ, deadline_ms);
	if (worked == 0)
		worked = number(store, "listed_count", NULL, 0, &there);
	*is = there > LONG;
	return query_end(store, worked);
}

/* One list after the other: who waits for a lock has less patience. */
static enum store_result
take_turn(struct store *store, int64_t deadline_ms)
{
	enum store_result result;

	while ((result = store_take_turn(store, LIST_TURN, LIST_TURN_S,
	    deadline_ms)) == STORE_NONE && clock_left_ms(deadline_ms) > 0)
		clock_rest_us(TURN_PAUSE_US);
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
