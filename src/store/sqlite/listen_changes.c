/*
 * listen_changes.c -- hear of what others change in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/listen_changes.h"

#include "base/clock.h"
#include "store/change_listening.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/wal.h"

#include <string.h>

enum {
	LOOK_MS = 50,
	/* How long that may wait for a lock; and for the file, which another
	 * process may be about to make. */
	PATIENCE_MS = 20,
	OPENING_MS = 500,
};

/* The number of the newest of the news. */
static int
look_for_last(struct sqlite_db *db, int64_t *last)
{
	sqlite3_stmt *row = db_query(db, SQL_NEWS_LAST, DB_INT(0));
	int found = db_step(db, row);

	if (found <= 0)
		return -1;
	*last = sqlite3_column_int64(row, 0);
	db_done(row);
	return 0;
}

static void
take_row(sqlite3_stmt *row, const struct listener *listener)
{
	const char *kind = db_text(row, 1);
	struct store_change change = { .kind = CHANGE_OVERRIDES,
		.account = db_text(row, 2),
		.until_ms = sqlite3_column_int64(row, 3) };

	if (strcmp(kind, "block") == 0)
		change.kind = CHANGE_BLOCK;
	else if (strcmp(kind, "unblock") == 0)
		change.kind = CHANGE_UNBLOCK;
	if (change.until_ms == DB_FOREVER)
		change.until_ms = 0;
	listener->take(listener->self, &change);
}

/* Those after the last one seen; is_gap: some of them are gone. */
static int
take_news(struct sqlite_db *db, const struct listener *listener, bool *is_gap)
{
	sqlite3_stmt *row = db_query(db, SQL_NEWS_AFTER,
	    DB_INT(db->news_seen));
	int more;

	while ((more = db_step(db, row)) > 0) {
		int64_t number = sqlite3_column_int64(row, 0);

		*is_gap |= number != db->news_seen + 1;
		db->news_seen = number;
		take_row(row, listener);
	}
	if (more == 0)
		db_notice(db, row);
	return more;
}

void
sqlite_hear(void *self, const struct listener *listener,
    struct hearing *hearing)
{
	struct sqlite_db *db = self;
	bool is_gap = false;
	int result = 0;

	hearing->wait_ms = LOOK_MS;
	if (!db_ready(db, clock_mono_ms() + OPENING_MS))
		return;
	db->deadline_ms = clock_mono_ms() + PATIENCE_MS;
	if (db->news_of == db->opened)
		result = take_news(db, listener, &is_gap);
	/* Another file has other numbers. */
	if (result == 0 && db->news_of != db->opened) {
		result = look_for_last(db, &db->news_seen);
		is_gap = true;
	}
	if (result != 0) {
		db_fail(db);
		return;
	}
	db->news_of = db->opened;
	hearing->is_heard = true;
	hearing->is_new = is_gap;
	hearing->now_ms = clock_wall_ms();
	/* This process has the time for it, and comes by often. */
	wal_keep(db);
}
