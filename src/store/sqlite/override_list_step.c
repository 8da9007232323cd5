/*
 * override_list_step.c -- work on a list, in short transactions.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/override_list_step.h"
#include "store/sqlite/wal.h"

#include "base/clock.h"

#include <stdio.h>

enum {
	/* A log of so many pages (4 MB) is carried over. */
	WAL_PAGES = 1024,
	/* A pause is at least so long. */
	PAUSE_US = 500,
};

int
list_number(struct sqlite_db *db, sqlite3_stmt *row, int64_t *number)
{
	int found = db_step(db, row);

	*number = 0;
	if (found > 0) {
		*number = sqlite3_column_int64(row, 0);
		db_done(row);
	}
	return found < 0 ? -1 : 0;
}

/* The turn is renewed while it is ours, and never taken again: who was stopped
 * for longer than it lasts does not know what others have left since. */
static int
keep_turn(const struct list *list)
{
	struct sqlite_db *db = list->db;

	if (db_run(db, SQL_TURN_KEEP, DB_TEXT(LIST_TURN), DB_TEXT(list->owner),
		DB_INT(clock_wall_ms() + LIST_TURN_S * INT64_C(1000))) != 0)
		return -1;
	if (sqlite3_changes64(db->handle) == 1)
		return 0;
	db->code = SQLITE_CONSTRAINT;
	snprintf(db->why, sizeof(db->why), "a list of custom settings was "
	    "stopped for too long (over %d s), and another was made meanwhile",
	    LIST_TURN_S);
	return -1;
}

bool
list_step(struct list *list, enum list_access access,
    int (*work)(struct list *))
{
	struct sqlite_db *db = list->db;
	bool is_write = access != LIST_READS;
	int64_t began_us, took_us;
	int worked;

	/* As each has a deadline of its own, which a checkpoint may set. */
	if (!db_ready(db, list->deadline_ms))
		return false;
	worked = db_begin(db, is_write);
	began_us = clock_mono_us();
	db->must_last = access == LIST_LASTS;
	if (worked == 0 && is_write)
		worked = keep_turn(list);
	if (worked == 0)
		worked = work(list);
	if (db_finish(db, worked) != STORE_DONE)
		return false;
	took_us = clock_mono_us() - began_us;
	if (!is_write)
		return true;
	wal_carry(db, WAL_PAGES);
	if (!db->is_scratch)
		clock_rest_us(PAUSE_US + took_us);
	return true;
}

bool
list_steps(struct list *list, int (*work)(struct list *))
{
	list->is_over = false;
	while (!list->is_over)
		if (!list_step(list, LIST_WRITES, work))
			return false;
	return true;
}
