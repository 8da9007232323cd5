/*
 * scratch.c -- a database that goes with the process: the URL "sqlite:".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/scratch.h"

#include <stdio.h>

bool
scratch_ready(struct sqlite_db *db)
{
	if (db->handle != NULL)
		return true;
	if (!db->is_made && db_open(db, true) == STORE_DONE)
		return db->is_made = true;
	if (db->is_made)
		snprintf(db->why, sizeof(db->why), "the temporary database "
		    "is lost");
	trouble_begin(&db->trouble, db->why);
	return false;
}

int
scratch_set_up(struct sqlite_db *db)
{
	return db_exec(db, "PRAGMA synchronous = OFF;"
	    "PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -131072;"
	    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF");
}

bool
scratch_is_begun(const struct sqlite_db *db)
{
	return db->is_scratch && db->handle != NULL &&
	    !sqlite3_get_autocommit(db->handle);
}
