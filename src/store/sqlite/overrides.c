/*
 * overrides.c -- overrides in an SQLite file, read and changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/overrides.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/override_json.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/override_of.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns behind those that override_take reads. */
enum { COLUMN_AUTHOR = 10, COLUMN_CHANGED, COLUMN_VALID_UNTIL,
	COLUMN_REVISION, COLUMN_LISTED };

/* --- reading --------------------------------------------------------------- */

static int
take(struct sqlite_db *db, sqlite3_stmt *row, struct stored_override *stored)
{
	if (override_take(row, &stored->override) != 0) {
		db->code = SQLITE_MISMATCH;
		snprintf(db->why, sizeof(db->why), "the override of %s has a "
		    "list that cannot be read", stored->override.account);
		db_done(row);
		return -1;
	}
	stored->author = mem_dup(db_text(row, COLUMN_AUTHOR));
	stored->changed_ms = sqlite3_column_int64(row, COLUMN_CHANGED);
	stored->valid_until_ms =
	    sqlite3_column_int64(row, COLUMN_VALID_UNTIL);
	stored->revision = sqlite3_column_int64(row, COLUMN_REVISION);
	stored->is_listed = sqlite3_column_int(row, COLUMN_LISTED) != 0;
	return 0;
}

/* 1: it is there, 0: it is not, -1: failed. */
static int
find(struct sqlite_db *db, const char *account, struct stored_override *found)
{
	sqlite3_stmt *row = db_query(db, SQL_OVERRIDE_FIND, DB_TEXT(account));
	int more = db_step(db, row);

	if (more <= 0)
		return more;
	if (take(db, row, found) != 0)
		return -1;
	db_done(row);
	return 1;
}

enum store_result
sqlite_find_override(void *self, const char *account,
    struct stored_override *found, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int is_there;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	is_there = db_is_utf8(db, account) ? find(db, account, found) : -1;
	if (is_there < 0) {
		db_fail(db);
		stored_override_clear(found);
		return STORE_FAILED;
	}
	trouble_end(&db->trouble);
	return is_there > 0 ? STORE_DONE : STORE_NONE;
}

enum store_result
sqlite_list_overrides(void *self, const char *after, size_t most,
    struct stored_override **list, size_t *count, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	sqlite3_stmt *rows;
	size_t room = 0;
	int more;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	rows = after != NULL ?
	    db_query(db, SQL_OVERRIDES_AFTER, DB_TEXT(after),
		DB_INT((int64_t)most)) :
	    db_query(db, SQL_OVERRIDES_LISTED, DB_INT((int64_t)most));
	while ((more = db_step(db, rows)) > 0) {
		if (*count == room) {
			room = 2 * room + 16;
			*list = mem_grow(*list, room, sizeof(**list));
		}
		memset(&(*list)[*count], 0, sizeof(**list));
		more = take(db, rows, &(*list)[(*count)++]);
		if (more != 0)
			break;
	}
	if (more == 0) {
		trouble_end(&db->trouble);
		return STORE_DONE;
	}
	db_fail(db);
	for (size_t i = 0; i < *count; i++)
		stored_override_clear(&(*list)[i]);
	free(*list);
	*list = NULL;
	*count = 0;
	return STORE_FAILED;
}

/* --- lists as the columns have them ---------------------------------------- */

/* Text under construction that takes what it needs. */
struct list {
	char *text;
	size_t length;
	FILE *out;
};

static void
list_open(struct list *list)
{
	list->out = mem_stream(&list->text, &list->length);
}

static const char *
list_close(struct list *list, bool has)
{
	fclose(list->out);
	return has ? list->text : NULL;
}

static void
add_countries(struct list *list, const struct countries *countries)
{
	for (size_t i = 0; i < countries->count; i++)
		fprintf(list->out, "%s%s", i > 0 ? "," : "",
		    countries->codes[i]);
}

static void
add_networks(struct list *list, const struct networks *networks)
{
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < networks->count; i++)
		fprintf(list->out, "%s%s", i > 0 ? "," : "",
		    addr_format(&networks->list[i], text));
}

static void
add_rates(struct list *list, const struct rates *rates)
{
	for (size_t i = 0; i < rates->count; i++)
		fprintf(list->out, "%s%u,%u", i > 0 ? "," : "",
		    rates->rules[i].mails, rates->rules[i].per_s);
}

static struct db_value
limit_value(const struct override *override, enum setting setting,
    uint32_t limit)
{
	if (!override->has[setting])
		return DB_TEXT(NULL);
	return DB_INT(limit == UNLIMITED ? -1 : (int64_t)limit);
}

/* --- changes ---------------------------------------------------------------- */

/* Write one row. 1: done, revision is set; 0: not as expected; -1: failed. */
static int
write_row(struct sqlite_db *db, const struct stored_override *stored,
    const char *const lists[4], int64_t expected, int64_t *revision)
{
	const struct override *o = &stored->override;
	const char *author = db->actor.name != NULL ? db->actor.name : "";
	sqlite3_stmt *row = db_query(db, SQL_OVERRIDE_PUT,
	    DB_TEXT(o->account),
	    limit_value(o, SETTING_COUNTRIES, o->set.countries),
	    limit_value(o, SETTING_NETWORKS, o->set.networks),
	    DB_TEXT(lists[0]),
	    limit_value(o, SETTING_HOME_MAX_COUNTRIES,
		o->set.home_max_countries),
	    limit_value(o, SETTING_HOME_MAX_NETWORKS,
		o->set.home_max_networks),
	    DB_TEXT(lists[1]), DB_TEXT(lists[2]), DB_TEXT(lists[3]),
	    DB_TEXT(o->comment != NULL ? o->comment : ""), DB_TEXT(author),
	    DB_INT(clock_wall_ms()), stored->valid_until_ms == 0 ?
		DB_TEXT(NULL) : DB_INT(stored->valid_until_ms),
	    DB_INT(stored->is_listed), DB_INT(expected));
	int more = db_step(db, row);

	if (more <= 0)
		return more;
	*revision = sqlite3_column_int64(row, 0);
	/* To its end: RETURNING gives its rows before it is done. */
	return db_step(db, row) == 0 ? 1 : -1;
}

static int
write_one(struct sqlite_db *db, const struct stored_override *stored,
    int64_t expected, int64_t *revision)
{
	const struct settings *set = &stored->override.set;
	const bool *has = stored->override.has;
	struct list lists[4];
	const char *texts[4];
	int result;

	for (int i = 0; i < 4; i++)
		list_open(&lists[i]);
	add_countries(&lists[0], &set->home_countries);
	add_countries(&lists[1], &set->only_countries);
	add_networks(&lists[2], &set->only_networks);
	add_rates(&lists[3], &set->rates);
	texts[0] = list_close(&lists[0], has[SETTING_HOME_COUNTRIES]);
	texts[1] = list_close(&lists[1], has[SETTING_ONLY_COUNTRIES]);
	texts[2] = list_close(&lists[2], has[SETTING_ONLY_NETWORKS]);
	texts[3] = list_close(&lists[3], has[SETTING_RATES]);
	result = write_row(db, stored, texts, expected, revision);
	for (int i = 0; i < 4; i++)
		free(lists[i].text);
	return result;
}

/* End a change: done is 1 (it was made), 0 (there was nothing) or -1. */
static enum store_result
finish(struct sqlite_db *db, int done)
{
	if (done >= 0 && db_commit(db) == 0)
		return done > 0 ? STORE_DONE : STORE_NONE;
	db_fail(db);
	return STORE_FAILED;
}

enum store_result
sqlite_put_override(void *self, struct stored_override *stored,
    int64_t expected, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	const char *account = stored->override.account;
	json_t *object;
	char *detail;
	int done;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (!db_is_utf8(db, account) || db_begin(db, true) != 0)
		return finish(db, -1);
	done = write_one(db, stored, expected, &stored->revision);
	if (done > 0) {
		object = override_set_to_json(stored);
		detail = json_dumps(object, JSON_COMPACT);
		if (audit_add(db, "override.put", account, detail) != 0)
			done = -1;
		free(detail);
		json_decref(object);
	}
	return finish(db, done);
}

enum store_result
sqlite_delete_override(void *self, const char *account, bool listed_only,
    int64_t expected, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	sqlite3_stmt *row;
	int done;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (!db_is_utf8(db, account) || db_begin(db, true) != 0)
		return finish(db, -1);
	row = db_query(db, SQL_OVERRIDE_DELETE, DB_TEXT(account),
	    DB_INT(listed_only), DB_INT(expected));
	done = db_step(db, row);
	if (done > 0 && (db_step(db, row) != 0 ||
	    audit_add(db, "override.delete", account, "{}") != 0))
		done = -1;
	return finish(db, done);
}

/* Write a custom setting; what it cannot say stays as it was. */
static int
write_listed(struct sqlite_db *db, const struct stored_override *given)
{
	struct stored_override before = { .revision = 0 };
	struct stored_override after = *given;
	int64_t revision;
	int is_there = find(db, given->override.account, &before);
	int done = -1;

	after.is_listed = true;
	if (is_there > 0) {
		after.valid_until_ms = before.valid_until_ms;
		after.override.has[SETTING_RATES] =
		    before.override.has[SETTING_RATES];
		after.override.set.rates = before.override.set.rates;
	}
	if (is_there >= 0)
		done = write_one(db, &after, REVISION_ANY, &revision);
	stored_override_clear(&before);
	return done > 0 ? 0 : -1;
}

/* Remove the custom settings that are not in the list; the others lose their
 * places. */
static int
clear_places(struct sqlite_db *db, const struct stored_override *list,
    size_t count)
{
	json_t *names = json_array();
	char *text;
	int result;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(names,
		    json_string(list[i].override.account));
	text = json_dumps(names, JSON_COMPACT);
	result = db_run(db, SQL_LISTED_DELETE, DB_TEXT(text));
	if (result == 0)
		result = db_command(db, SQL_LISTED_CLEAR);
	free(text);
	json_decref(names);
	return result;
}

enum store_result
sqlite_replace_listed(void *self, const struct stored_override *list,
    size_t count, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	char detail[48];

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	for (size_t i = 0; i < count; i++)
		if (!db_is_utf8(db, list[i].override.account))
			return finish(db, -1);
	if (db_begin(db, true) != 0 || clear_places(db, list, count) != 0)
		return finish(db, -1);
	for (size_t i = 0; i < count; i++)
		if (write_listed(db, &list[i]) != 0)
			return finish(db, -1);
	snprintf(detail, sizeof(detail), "{\"count\":%zu}", count);
	return finish(db, audit_add(db, "overrides.replace", "", detail) == 0 ?
	    1 : -1);
}
