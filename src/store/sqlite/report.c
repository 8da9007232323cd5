/*
 * report.c -- turns, and what is reported, in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/report.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite/connection.h"

#include <stdlib.h>
#include <string.h>

enum store_result
sqlite_take_turn(void *self, const char *name, const char *owner,
    uint32_t lease_s, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int64_t now_ms = clock_wall_ms();
	int64_t until_ms = now_ms + (int64_t)lease_s * 1000;
	bool is_ours;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	/* One statement is a transaction of its own. */
	if (db_run(db, SQL_TURN_TAKE, DB_TEXT(name), DB_TEXT(owner),
		DB_INT(now_ms), DB_INT(until_ms)) != 0) {
		db_fail(db);
		return STORE_FAILED;
	}
	is_ours = sqlite3_changes(db->handle) > 0;
	return is_ours ? STORE_DONE : STORE_NONE;
}

void
sqlite_leave_turn(void *self, const char *name, const char *owner,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	if (db_ready(db, deadline_ms) &&
	    db_run(db, SQL_TURN_LEAVE, DB_TEXT(name), DB_TEXT(owner)) != 0)
		db_fail(db);
}

static void
take(sqlite3_stmt *row, struct hit *hit)
{
	hit->account = mem_dup(db_text(row, 0));
	hit->cause = (enum cause)sqlite3_column_int(row, 1);
	hit->limit = (uint32_t)sqlite3_column_int64(row, 2);
	hit->per_s = (uint32_t)sqlite3_column_int64(row, 3);
	hit->times = (uint64_t)sqlite3_column_int64(row, 4);
	hit->first_ms = sqlite3_column_int64(row, 5);
	hit->last_ms = sqlite3_column_int64(row, 6);
}

enum store_result
sqlite_hits(void *self, size_t most, struct hit **hits, size_t *count,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	sqlite3_stmt *rows;
	size_t room = 0;
	int more;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	rows = db_query(db, SQL_HITS, DB_INT((int64_t)most));
	while ((more = db_step(db, rows)) > 0) {
		if (*count == room) {
			room = 2 * room + 16;
			*hits = mem_grow(*hits, room, sizeof(**hits));
		}
		take(rows, &(*hits)[(*count)++]);
	}
	if (more == 0)
		return STORE_DONE;
	db_fail(db);
	for (size_t i = 0; i < *count; i++)
		hit_clear(&(*hits)[i]);
	free(*hits);
	*hits = NULL;
	*count = 0;
	return STORE_FAILED;
}

static int
forget(struct sqlite_db *db, const struct hit *hit)
{
	const struct db_value account = DB_TEXT(hit->account);
	const struct db_value cause = DB_INT(hit->cause);
	const struct db_value limit = DB_INT(hit->limit);
	const struct db_value per_s = DB_INT(hit->per_s);

	if (db_run(db, SQL_HIT_REPORTED, account, cause, limit, per_s,
		DB_INT((int64_t)hit->times), DB_INT(hit->last_ms)) != 0)
		return -1;
	return db_run(db, SQL_HIT_FORGET, account, cause, limit, per_s);
}

enum store_result
sqlite_reported(void *self, const struct hit *hits, size_t count,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int worked;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	worked = db_begin(db, true);
	/* The mail is out: what it told must not come back. */
	db->must_last = true;
	for (size_t i = 0; i < count && worked == 0; i++)
		worked = forget(db, &hits[i]);
	if (worked == 0 && db_commit(db) == 0)
		return STORE_DONE;
	db_fail(db);
	return STORE_FAILED;
}
