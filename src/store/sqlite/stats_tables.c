/*
 * stats_tables.c -- statistics and past logins out of an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/stats_tables.h"

#include "base/mem.h"
#include "store/sqlite/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read the rows of a statement into the table. */
static int
read_figures(struct sqlite_db *db, sqlite3_stmt *rows,
    const struct figure_query *query, struct figure_table *table)
{
	int more;

	while ((more = db_step(db, rows)) > 0)
		for (int i = 0; i < (int)table->columns; i++)
			figure_table_add(table, query->figure->columns[i].kind,
			    db_text(rows, i));
	return more;
}

enum store_result
sqlite_figures(void *self, const struct figure_query *query,
    struct figure_table *table, int64_t deadline_ms)
{
	static const struct figure_dialect dialect = { "", "" };
	struct sqlite_db *db = self;
	char sql[FIGURE_SQL_SIZE];
	sqlite3_stmt *rows = NULL;
	int worked;
	int code;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	stats_table_sql(query, &dialect, sql);
	code = sqlite3_prepare_v2(db->handle, sql, -1, &rows, NULL);
	if (code == SQLITE_OK && query->account != NULL)
		code = sqlite3_bind_text(rows, 1, query->account, -1,
		    SQLITE_STATIC);
	if (code != SQLITE_OK)
		db_note(db, code);
	worked = code == SQLITE_OK ? read_figures(db, rows, query, table) : -1;
	/* Before db_fail, which may close the file. */
	sqlite3_finalize(rows);
	if (worked == 0)
		return STORE_DONE;
	db_fail(db);
	return STORE_FAILED;
}

static void
take(sqlite3_stmt *row, struct past_login *past)
{
	memset(past, 0, sizeof(*past));
	past->account = mem_dup(db_text(row, 0));
	addr_parse(db_text(row, 1), &past->login.network);
	snprintf(past->login.country, sizeof(past->login.country), "%s",
	    db_text(row, 2));
	past->login.first_ms = sqlite3_column_int64(row, 3);
	past->login.last_ms = sqlite3_column_int64(row, 4);
	past->login.mails = (uint64_t)sqlite3_column_int64(row, 5);
	past->since_ms = sqlite3_column_int64(row, 6);
}

static int
read_logins(struct sqlite_db *db, const char *after, size_t most,
    struct past_login **logins, size_t *count)
{
	sqlite3_stmt *rows = db_query(db, SQL_LOGINS_PAST, DB_TEXT(after),
	    DB_INT((int64_t)most));
	size_t room = 0;
	int more;

	while ((more = db_step(db, rows)) > 0) {
		if (*count == room) {
			room = 2 * room + 256;
			*logins = mem_grow(*logins, room, sizeof(**logins));
		}
		take(rows, &(*logins)[(*count)++]);
	}
	return more;
}

/* Which of the accounts does the file have settings for? */
static int
mark_overrides(struct sqlite_db *db, struct past_login *logins, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *account = logins[i].account;
		const char *at = strrchr(account, '@');
		sqlite3_stmt *found;
		int has_one;

		if (i > 0 && strcmp(logins[i - 1].account, account) == 0) {
			logins[i].has_override = logins[i - 1].has_override;
			continue;
		}
		found = db_query(db, SQL_OVERRIDE_ANY, DB_TEXT(account),
		    DB_TEXT(at != NULL ? at : ""));
		has_one = db_step(db, found);
		if (has_one < 0)
			return -1;
		if (has_one > 0)
			db_done(found);
		logins[i].has_override = has_one > 0;
	}
	return 0;
}

enum store_result
sqlite_past_logins(void *self, const char *after, size_t most,
    struct past_login **logins, size_t *count, int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_begin(db, false) == 0 &&
	    read_logins(db, after, most, logins, count) == 0 &&
	    mark_overrides(db, *logins, *count) == 0 && db_commit(db) == 0)
		return *count > 0 ? STORE_DONE : STORE_NONE;
	db_fail(db);
	for (size_t i = 0; i < *count; i++)
		past_login_clear(&(*logins)[i]);
	free(*logins);
	*logins = NULL;
	*count = 0;
	return STORE_FAILED;
}
