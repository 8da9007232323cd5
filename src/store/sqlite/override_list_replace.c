/*
 * override_list_replace.c -- a long list of custom settings, put in a file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/override_list_replace.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite/override_list_step.h"
#include "store/sqlite/run_statement.h"

#include <stdlib.h>

enum {
	/* Accounts of one transaction: one or two milliseconds. */
	BATCH = 250,
	/* So many changes are made where they are. */
	LITTLE = 2 * BATCH,
	/* So often it is looked again what they are. */
	LOOKS = 3,
};

/* Only for us, and nobody waits for it. */
static int
want(struct list *list)
{
	struct list_order *order = list->order;

	if (db_exec(list->db, "DROP TABLE IF EXISTS temp.wanted;"
		"DROP TABLE IF EXISTS temp.batch;"
		"CREATE TEMP TABLE wanted (account TEXT PRIMARY KEY, "
		"settings TEXT NOT NULL, comment TEXT NOT NULL, "
		"position INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
		"CREATE TEMP TABLE batch (account TEXT PRIMARY KEY) "
		"STRICT, WITHOUT ROWID") != 0)
		return -1;
	for (size_t i = 0; i < order->part_count; i++) {
		if (db_run(list->db, SQL_LIST_WANT,
			DB_TEXT(order->parts[i])) != 0)
			return -1;
		free(order->parts[i]);
		order->parts[i] = NULL;
	}
	return 0;
}

/* What temporary tables took is the connection's until it is closed. */
static void
forget(struct list *list)
{
	if (!list->db->is_scratch)
		db_close(list->db);
	free(list->after);
}

static int
note_change(const struct list *list)
{
	struct sqlite_db *db = list->db;

	if (db->actor.name == NULL)
		return 0;
	/* The statements that audit.c runs, within this transaction. */
	if (sqlite_run_named(db, "audit_add", VALUE_TEXT(""), VALUE_NOW,
		VALUE_TEXT(db->actor.name), VALUE_TEXT(db->actor.origin),
		VALUE_TEXT("overrides.replace"),
		VALUE_TEXT(list->order->detail)) != 0)
		return -1;
	return sqlite_run_named(db, "audit_forget", VALUE_NOW);
}

/* A statement with the parameters of LISTED_ROWS. */
static int
write_rows(struct list *list, enum statement id)
{
	const char *author = list->db->actor.name;

	return db_run(list->db, id, DB_TEXT(author != NULL ? author : ""),
	    DB_INT(list->now_ms));
}

/* --- little changes ------------------------------------------------------ */

/* What is to change, if that is little. */
static int
compare(struct list *list)
{
	struct sqlite_db *db = list->db;
	int64_t count;

	if (db_command(db, SQL_LIST_BATCH_OVER) != 0 ||
	    list_number(db, db_query(db, SQL_NEWS_LAST, DB_INT(0)),
		&list->seen) != 0 ||
	    db_run(db, SQL_LIST_OTHERS, DB_INT(LITTLE + 1)) != 0 ||
	    db_run(db, SQL_LIST_UNWANTED, DB_INT(LITTLE + 1)) != 0 ||
	    list_number(db, db_query_values(db, SQL_LIST_BATCH_SIZE, NULL, 0),
		&count) != 0)
		return -1;
	list->is_little = count <= LITTLE;
	return 0;
}

/* Unless overrides changed since they were looked at. */
static int
change_little(struct list *list)
{
	struct sqlite_db *db = list->db;
	int64_t is_late;

	if (list_number(db, db_query(db, SQL_LIST_IS_LATE,
		DB_INT(list->seen)), &is_late) != 0)
		return -1;
	list->is_over = !is_late;
	if (is_late)
		return 0;
	return write_rows(list, SQL_LIST_PUT) != 0 ||
	    db_command(db, SQL_LIST_DELETE) != 0 ? -1 : note_change(list);
}

/* --- all of it ----------------------------------------------------------- */

/* The accounts of temp.batch, as they are to be. */
static int
stage(struct list *list)
{
	return write_rows(list, SQL_LIST_STAGE) != 0 ? -1 :
	    db_command(list->db, SQL_LIST_KEEP);
}

/* The next accounts, of the list or not. */
static int
stage_next(struct list *list)
{
	struct sqlite_db *db = list->db;
	const char *after = list->after != NULL ? list->after : "";
	sqlite3_stmt *end = db_query(db, SQL_LIST_END, DB_TEXT(after),
	    DB_INT(BATCH - 1));
	char *last = NULL;
	int worked;

	if (db_step(db, end) <= 0)
		return -1;
	list->is_over = sqlite3_column_type(end, 0) == SQLITE_BLOB;
	if (!list->is_over)
		last = mem_dup(db_text(end, 0));
	db_done(end);
	worked = db_command(db, SQL_LIST_BATCH_OVER);
	if (worked == 0)
		worked = db_run(db, SQL_LIST_BATCH, DB_TEXT(after),
		    last != NULL ? DB_TEXT(last) : DB_BLOB("", 0));
	free(list->after);
	list->after = last;
	return worked == 0 ? stage(list) : -1;
}

/* Once more those that others changed; until they are few. */
static int
stage_touched(struct list *list)
{
	struct sqlite_db *db = list->db;
	int64_t count;

	if (list_number(db, db_query_values(db, SQL_LIST_TOUCHED, NULL, 0),
		&count) != 0)
		return -1;
	list->is_over = count <= BATCH;
	if (db_command(db, SQL_LIST_BATCH_OVER) != 0 ||
	    db_run(db, SQL_LIST_BATCH_TOUCHED, DB_INT(BATCH)) != 0 ||
	    db_command(db, SQL_LIST_UNSTAGE) != 0 || stage(list) != 0)
		return -1;
	return db_command(db, SQL_LIST_TOUCHED_OVER);
}

/* In one transaction with the last that were touched. */
static int
take_place(struct list *list)
{
	if (stage_touched(list) != 0)
		return -1;
	if (!list->is_over)
		return 0;
	return list_swap(list) == 0 ? note_change(list) : -1;
}

static bool
replace_all(struct list *list)
{
	if (!list_steps(list, list_remove) ||
	    !list_step(list, LIST_WRITES, list_make) ||
	    !list_steps(list, stage_next))
		return false;
	do {
		if (!list_steps(list, stage_touched) ||
		    !list_step(list, LIST_LASTS, take_place))
			return false;
	} while (!list->is_over);
	/* It holds, whatever becomes of the one that is gone. */
	list_steps(list, list_remove);
	return true;
}

static bool
replace(struct list *list)
{
	if (!list_step(list, LIST_READS, want))
		return false;
	for (int i = 0; i < LOOKS; i++) {
		if (!list_step(list, LIST_READS, compare))
			return false;
		if (!list->is_little)
			break;
		if (!list_step(list, LIST_LASTS, change_little))
			return false;
		if (list->is_over)
			return true;
	}
	return replace_all(list);
}

enum store_result
sqlite_replace_list(void *self, struct list_order *order, int64_t deadline_ms)
{
	struct list list = { .db = self, .order = order,
		.owner = order->owner, .deadline_ms = deadline_ms,
		.now_ms = clock_wall_ms() };
	bool is_done = replace(&list);

	forget(&list);
	return is_done ? STORE_DONE : STORE_FAILED;
}

enum store_result
sqlite_tidy_lists(void *self, const char *owner, int64_t deadline_ms)
{
	struct list list = { .db = self, .owner = owner,
		.deadline_ms = deadline_ms };

	return list_steps(&list, list_remove) ? STORE_DONE : STORE_FAILED;
}
