/*
 * override_of.c -- overrides that an SQLite file has for an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/override_of.h"

#include "base/mem.h"
#include "store/override_json.h"

#include <stdio.h>
#include <string.h>

/* The columns of the statement OVERRIDES. */
enum column { COLUMN_ACCOUNT, COLUMN_SETTINGS, COLUMN_COMMENT };

int
override_take(sqlite3_stmt *row, struct override *override)
{
	override->account = mem_dup(db_text(row, COLUMN_ACCOUNT));
	override->comment = mem_dup(db_text(row, COLUMN_COMMENT));
	return override_json_read(db_text(row, COLUMN_SETTINGS), override);
}

int
overrides_load(struct sqlite_db *db, const char *account, int64_t now_ms,
    struct override *of_domain, struct override *of_account)
{
	const char *at = strrchr(account, '@');
	sqlite3_stmt *row = db_query(db, SQL_OVERRIDES, DB_TEXT(account),
	    DB_TEXT(at), DB_INT(now_ms));
	int more;

	while ((more = db_step(db, row)) > 0) {
		bool is_own = strcmp(db_text(row, COLUMN_ACCOUNT),
		    account) == 0;
		struct override *override = is_own ? of_account : of_domain;

		if (override_take(row, override) != 0) {
			/* Of this account alone, like PostgreSQL's errors. */
			db->code = SQLITE_MISMATCH;
			snprintf(db->why, sizeof(db->why), "the override of "
			    "%s has settings that cannot be read",
			    override->account);
			db_done(row);
			return -1;
		}
	}
	return more;
}
