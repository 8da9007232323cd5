/*
 * override_of.c -- overrides that an SQLite file has for an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/override_of.h"

#include "base/hash.h"
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

/* The bit of a name. */
static uint64_t *
word_of(struct overridden *overridden, const char *name, uint64_t *bit)
{
	uint64_t number = hash_text(name) % OVERRIDDEN_BITS;

	*bit = UINT64_C(1) << number % 64;
	return &overridden->bits[number / 64];
}

static bool
may_have(struct overridden *overridden, const char *name)
{
	uint64_t bit;

	return name != NULL && (*word_of(overridden, name, &bit) & bit) != 0;
}

/* A number that a statement tells, of one row. */
static int
read_number(struct sqlite_db *db, sqlite3_stmt *row, int64_t *number)
{
	int found = db_step(db, row);

	if (found <= 0)
		return -1;
	*number = sqlite3_column_int64(row, 0);
	db_done(row);
	return 0;
}

/* Note all that have one; if there are many, each may. */
static int
note_all(struct sqlite_db *db)
{
	enum { MOST = OVERRIDDEN_BITS / 16 };
	struct overridden *overridden = &db->overridden;
	sqlite3_stmt *row = db_query(db, SQL_OVERRIDES_OF, DB_INT(MOST));
	int count = 0;
	int more;

	memset(overridden->bits, 0, sizeof(overridden->bits));
	while ((more = db_step(db, row)) > 0) {
		uint64_t bit;
		uint64_t *word = word_of(overridden, db_text(row, 0), &bit);

		*word |= bit;
		count++;
	}
	if (count == MOST)
		memset(overridden->bits, 0xff, sizeof(overridden->bits));
	return more;
}

int
overrides_look(struct sqlite_db *db)
{
	struct overridden *overridden = &db->overridden;
	sqlite3_stmt *newest = db_query(db, SQL_NEWS_LAST, DB_INT(0));
	int64_t last, is_late;
	bool is_old;

	if (read_number(db, newest, &last) != 0)
		return -1;
	db_notice(db, newest);
	is_old = !overridden->is_known || overridden->of != db->opened;
	is_late = is_old;
	if (!is_old && last == overridden->as_of)
		return 0;
	overridden->is_known = false;
	/* Mostly they are of blocks. A number that went back is of another
	 * file in the place of this one. */
	if (!is_old && last > overridden->as_of && read_number(db, db_query(db,
		SQL_LIST_IS_LATE, DB_INT(overridden->as_of)), &is_late) != 0)
		return -1;
	if ((is_late || last < overridden->as_of) && note_all(db) != 0)
		return -1;
	overridden->is_known = true;
	overridden->of = db->opened;
	overridden->as_of = last;
	return 0;
}

int
overrides_load(struct sqlite_db *db, const char *account, int64_t now_ms,
    struct override *of_domain, struct override *of_account)
{
	const char *at = strrchr(account, '@');
	sqlite3_stmt *row;
	int more;

	if (!may_have(&db->overridden, account) &&
	    !may_have(&db->overridden, at))
		return 0;
	row = db_query(db, SQL_OVERRIDES, DB_TEXT(account), DB_TEXT(at),
	    DB_INT(now_ms));
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
