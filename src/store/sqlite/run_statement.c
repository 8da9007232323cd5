/*
 * run_statement.c -- run statements that are no requests in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/run_statement.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite/connection.h"

#include <stdlib.h>

static int
count_statements(void)
{
	int count = 0;

	while (named_statements[count].name != NULL)
		count++;
	return count;
}

static void
leave_rows(struct sqlite_db *db)
{
	if (db->rows == NULL)
		return;
	if (db->is_unnamed)
		sqlite3_finalize(db->rows);
	else
		sqlite3_reset(db->rows);
	db->rows = NULL;
}

void
sqlite_run_forget(struct sqlite_db *db)
{
	leave_rows(db);
	for (int i = 0; db->named != NULL && i < count_statements(); i++)
		sqlite3_finalize(db->named[i]);
	free(db->named);
	db->named = NULL;
}

int
sqlite_run_begin(void *self, enum access access, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	bool is_write = access == ACCESS_WRITE || access == ACCESS_LASTING;

	db->has_failed = true;
	if (!db_ready(db, deadline_ms))
		return -1;
	db->is_begun = true;
	if (db_begin(db, is_write) != 0)
		return -1;
	db->must_last = access == ACCESS_LASTING;
	db->has_failed = false;
	return 0;
}

int
sqlite_run_end(void *self, bool is_kept)
{
	struct sqlite_db *db = self;
	bool is_begun = db->is_begun;

	leave_rows(db);
	db->is_begun = false;
	if (!is_begun)
		return -1;
	if (db->has_failed) {
		db_fail(db);
		return -1;
	}
	if (!is_kept) {
		db->must_last = false;
		return db_command(db, SQL_ROLLBACK);
	}
	return db_finish(db, 0) == STORE_DONE ? 0 : -1;
}

/* The statement, prepared; of those with a name the program keeps it. */
static int
prepare(struct sqlite_db *db, const struct named_statement *statement)
{
	sqlite3_stmt **kept = &db->rows;

	db->is_unnamed = statement->name == NULL;
	if (!db->is_unnamed) {
		if (db->named == NULL)
			db->named = mem_new((size_t)count_statements(),
			    sizeof(*db->named));
		kept = &db->named[statement - named_statements];
	}
	if (*kept == NULL) {
		int code = sqlite3_prepare_v3(db->handle, statement->sqlite,
		    -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);

		if (code != SQLITE_OK) {
			db_note(db, code);
			return -1;
		}
	}
	db->rows = *kept;
	return 0;
}

static int
bind(struct sqlite_db *db, int i, const struct value *value)
{
	int code;

	if (value->kind == VALUE_IS_TEXT && value->text != NULL &&
	    !db_is_utf8(db, value->text))
		return -1;
	if (value->kind == VALUE_IS_TEXT)
		code = sqlite3_bind_text(db->rows, i, value->text, -1,
		    SQLITE_TRANSIENT);
	else
		code = sqlite3_bind_int64(db->rows, i,
		    value->kind == VALUE_IS_NOW ? clock_wall_ms() :
						  value->number);
	if (code == SQLITE_OK)
		return 0;
	db_note(db, code);
	return -1;
}

int
sqlite_run_query(void *self, const struct named_statement *statement,
    const struct value *values, size_t count)
{
	struct sqlite_db *db = self;

	leave_rows(db);
	db->has_failed = true;
	if (prepare(db, statement) != 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (bind(db, (int)i + 1, &values[i]) != 0)
			return -1;
	db->has_failed = false;
	return 0;
}

int
sqlite_run_next(void *self)
{
	struct sqlite_db *db = self;
	int code = db->rows == NULL ? SQLITE_MISUSE : sqlite3_step(db->rows);

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE) {
		db_note(db, code);
		db->has_failed = true;
	}
	leave_rows(db);
	return code == SQLITE_DONE ? 0 : -1;
}

int64_t
sqlite_run_number(void *self, int column)
{
	const struct sqlite_db *db = self;

	return sqlite3_column_int64(db->rows, column);
}

const char *
sqlite_run_text(void *self, int column)
{
	const struct sqlite_db *db = self;

	return db_text(db->rows, column);
}

int
sqlite_run_values(struct sqlite_db *db, const char *name,
    const struct value *values, size_t count)
{
	return sqlite_run_query(db, query_statement(name), values, count) == 0 ?
	    sqlite_run_next(db) :
	    -1;
}
