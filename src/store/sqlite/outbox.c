/*
 * outbox.c -- the outbox in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/outbox.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite/connection.h"

#include <stdlib.h>

static void
take_row(sqlite3_stmt *due, struct outbox_row *row)
{
	row->id = sqlite3_column_int64(due, 0);
	row->channel = mem_dup(db_text(due, 1));
	row->kind = mem_dup(db_text(due, 2));
	row->account = mem_dup(db_text(due, 3));
	row->event = mem_dup(db_text(due, 4));
	row->recipients = mem_dup(db_text(due, 5));
	row->created_ms = sqlite3_column_int64(due, 6);
	row->attempts = (uint32_t)sqlite3_column_int64(due, 7);
}

/* Read what is due; -1: failed. */
static int
find_due(struct sqlite_db *db, const char *channel, size_t most,
    struct outbox_row **rows, size_t *count)
{
	sqlite3_stmt *due = db_query(db, SQL_OUTBOX_DUE, DB_TEXT(channel),
	    DB_INT(clock_wall_ms()), DB_INT((int64_t)most));
	int more;

	while ((more = db_step(db, due)) > 0) {
		*rows = mem_grow(*rows, *count + 1, sizeof(**rows));
		take_row(due, &(*rows)[(*count)++]);
	}
	return more;
}

static void
forget(struct outbox_row **rows, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		outbox_row_clear(&(*rows)[i]);
	free(*rows);
	*rows = NULL;
	*count = 0;
}

enum store_result
sqlite_outbox_take(void *self, const char *channel, size_t most,
    uint32_t lease_s, struct outbox_row **rows, size_t *count,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int64_t until_ms = clock_wall_ms() + (int64_t)lease_s * 1000;
	int worked;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	/* Mostly nothing is due, and nobody need wait for us. */
	worked = find_due(db, channel, 1, rows, count);
	if (worked == 0 && *count == 0)
		return STORE_NONE;
	forget(rows, count);
	if (worked == 0)
		worked = db_begin(db, true);
	if (worked == 0)
		worked = find_due(db, channel, most, rows, count);
	for (size_t i = 0; i < *count && worked == 0; i++)
		worked = db_run(db, SQL_OUTBOX_LEASE, DB_INT((*rows)[i].id),
		    DB_INT(until_ms));
	if (db_finish(db, worked) != STORE_DONE) {
		forget(rows, count);
		return STORE_FAILED;
	}
	return *count > 0 ? STORE_DONE : STORE_NONE;
}

enum store_result
sqlite_outbox_end(void *self, int64_t id, const char *error,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_begin(db, true) != 0)
		return db_finish(db, -1);
	db->must_last = true;
	return db_finish(db, db_run(db, SQL_OUTBOX_END, DB_INT(id),
	    DB_INT(clock_wall_ms()), DB_TEXT(error)));
}

enum store_result
sqlite_outbox_delay(void *self, int64_t id, uint32_t delay_s, bool counts,
    const char *recipients, const char *error, int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_begin(db, true) != 0)
		return db_finish(db, -1);
	return db_finish(db, db_run(db, SQL_OUTBOX_DELAY, DB_INT(id),
	    DB_INT(clock_wall_ms() + (int64_t)delay_s * 1000),
	    DB_INT(counts ? 0 : 1), DB_TEXT(recipients), DB_TEXT(error)));
}
