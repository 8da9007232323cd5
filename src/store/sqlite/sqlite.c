/*
 * sqlite.c -- the SQLite side of the store: its table of calls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/side.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite/account.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/listen_changes.h"
#include "store/sqlite/override_list_replace.h"
#include "store/sqlite/run_statement.h"
#include "store/sqlite/wal.h"

enum {
	/* How often a file that is open is looked after. */
	TEND_MS = 1000,
	/* How long that may wait for a lock. */
	TEND_PATIENCE_MS = 20,
	/* And opening the file, which one process does after the other: less
	 * would be trouble whenever several start on a busy machine. */
	OPEN_PATIENCE_MS = 1000,
	/* A worker looks after a log of 16 MB more often: it carries one of
	 * 64 MB over if nobody else did. */
	TEND_WAL_PAGES = 4096,
	TEND_WAL_MS = 100,
};

static void *
open_side(const struct store_setup *setup)
{
	return db_new(setup);
}

static void
close_side(void *self)
{
	db_free(self);
}

static struct trouble *
trouble(void *self)
{
	struct sqlite_db *db = self;

	return &db->trouble;
}

static int
tend(void *self)
{
	struct sqlite_db *db = self;

	/* A file that is gone is to be noticed by idle processes too: each
	 * that goes on with it keeps it, and what it records, from the rest. */
	if (db_ready(db, clock_mono_ms() + OPEN_PATIENCE_MS)) {
		db->deadline_ms = clock_mono_ms() + TEND_PATIENCE_MS;
		if (wal_carry(db, WAL_PAGES_MAX) >= TEND_WAL_PAGES)
			return TEND_WAL_MS;
		/* Only what worked can tell that trouble is over. */
		if (db->trouble.is_on && !trouble_is_deep(&db->trouble))
			trouble_end(&db->trouble);
		return TEND_MS;
	}
	return trouble_wait_ms(&db->trouble);
}

static void
rest(void *self)
{
	wal_carry(self, 0);
}

static enum store_result
init(void *self, bool may_create, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	enum store_result result;

	db_close(db);
	db->deadline_ms = deadline_ms;
	result = db_open(db, may_create);
	if (result == STORE_DONE)
		trouble_end(&db->trouble);
	else
		trouble_begin(&db->trouble, db->why);
	return result;
}

static void
act_as(void *self, const struct actor *actor)
{
	struct sqlite_db *db = self;

	db->actor = *actor;
}

const struct store_side store_sqlite = {
	.open = open_side,
	.close = close_side,
	.trouble = trouble,
	.tend = tend,
	.rest = rest,
	.init = init,
	.load = sqlite_load,
	.load_older = sqlite_load_older,
	.load_rows = sqlite_load_rows,
	.save = sqlite_save,
	.may_retry = sqlite_may_retry,
	.leave = sqlite_leave,
	.clean_batch = sqlite_clean_batch,
	.replace_list = sqlite_replace_list,
	.tidy_lists = sqlite_tidy_lists,
	.act_as = act_as,
	.hear = sqlite_hear,
	.begin = sqlite_run_begin,
	.run = sqlite_run_query,
	.next = sqlite_run_next,
	.number = sqlite_run_number,
	.text = sqlite_run_text,
	.end = sqlite_run_end,
	.dialect = { "", "", "", " WHERE account = $1" },
};
