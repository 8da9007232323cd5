/*
 * override_list_tables.c -- the tables of a list: made, renamed, removed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/mem.h"
#include "store/sqlite/override_list_step.h"

#include <stdlib.h>

/* Rows deleted at a time. */
enum { BATCH = 500 };

/* Run the SQL that a statement gives. */
static int
run_text(struct sqlite_db *db, enum statement id)
{
	sqlite3_stmt *row = db_query_values(db, id, NULL, 0);
	int found = db_step(db, row);
	char *sql;

	if (found <= 0)
		return found;
	sql = mem_dup(db_text(row, 0));
	/* No table changes while a statement looks at it. */
	db_done(row);
	found = db_exec(db, sql);
	free(sql);
	return found;
}

static int
exists(struct sqlite_db *db, const char *name, bool *is_there)
{
	int64_t there = 0;
	int worked = list_number(db, db_query(db, SQL_TABLE_EXISTS,
	    DB_TEXT(name)), &there);

	*is_there = there != 0;
	return worked;
}

/* By its name alone: what else speaks of it, a view of an administrator's,
 * means whatever has the name. */
static int
rename_table(struct sqlite_db *db, const char *sql)
{
	if (db_exec(db, "PRAGMA legacy_alter_table = ON") != 0 ||
	    db_exec(db, sql) != 0)
		return -1;
	return db_exec(db, "PRAGMA legacy_alter_table = OFF");
}

static int
empty(struct sqlite_db *db)
{
	if (db_run(db, SQL_LIST_EMPTY, DB_INT(BATCH - 1)) != 0)
		return -1;
	return sqlite3_changes64(db->handle) > 0 ? 0 :
	    db_exec(db, "DROP TABLE override_gone");
}

int
list_remove(struct list *list)
{
	struct sqlite_db *db = list->db;
	bool is_gone, is_next, is_touched;

	if (exists(db, "override_gone", &is_gone) != 0 ||
	    exists(db, "override_next", &is_next) != 0 ||
	    exists(db, "override_touched", &is_touched) != 0)
		return -1;
	list->is_over = !is_gone && !is_next && !is_touched;
	if (is_touched)
		return db_exec(db,
		    "DROP TRIGGER IF EXISTS override_touched_made;"
		    "DROP TRIGGER IF EXISTS override_touched_changed;"
		    "DROP TRIGGER IF EXISTS override_touched_gone;"
		    "DROP TABLE override_touched");
	if (is_gone)
		return empty(db);
	return is_next ? rename_table(db, "ALTER TABLE override_next "
	    "RENAME TO override_gone") : 0;
}

/* Whoever changes an override, by whatever program, is noticed. A trigger does
 * not ignore a conflict if what sets it off does otherwise. */
static const char touched[] =
    "CREATE TABLE override_touched (account TEXT PRIMARY KEY) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER override_touched_made AFTER INSERT ON override BEGIN "
    "INSERT INTO override_touched SELECT NEW.account WHERE NEW.account "
    "NOT IN (SELECT account FROM override_touched); END;"
    "CREATE TRIGGER override_touched_changed AFTER UPDATE ON override BEGIN "
    "INSERT INTO override_touched SELECT NEW.account WHERE NEW.account "
    "NOT IN (SELECT account FROM override_touched);"
    "INSERT INTO override_touched SELECT OLD.account WHERE OLD.account "
    "NOT IN (SELECT account FROM override_touched); END;"
    "CREATE TRIGGER override_touched_gone AFTER DELETE ON override BEGIN "
    "INSERT INTO override_touched SELECT OLD.account WHERE OLD.account "
    "NOT IN (SELECT account FROM override_touched); END";

int
list_make(struct list *list)
{
	return run_text(list->db, SQL_LIST_MAKE_NEXT) == 0 ?
	    db_exec(list->db, touched) : -1;
}

/* The text of the triggers that stay; the caller's. */
static char *
triggers(struct sqlite_db *db)
{
	sqlite3_stmt *row = db_query_values(db, SQL_LIST_MAKE_TRIGGERS, NULL, 0);
	char *text = NULL;

	if (db_step(db, row) > 0) {
		text = mem_dup(db_text(row, 0));
		db_done(row);
	}
	return text;
}

int
list_swap(struct list *list)
{
	struct sqlite_db *db = list->db;
	char *made = triggers(db);
	int worked = -1;

	if (made != NULL && run_text(db, SQL_LIST_DROP_TRIGGERS) == 0 &&
	    rename_table(db, "ALTER TABLE override RENAME TO override_gone;"
		"ALTER TABLE override_next RENAME TO override") == 0 &&
	    db_exec(db, made) == 0)
		worked = db_exec(db, "DROP TABLE override_touched");
	free(made);
	return worked == 0 ? db_command(db, SQL_LIST_NEWS) : -1;
}
