/*
 * sqlite.c -- the SQLite side of the store: its table of calls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/side.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite/block.h"
#include "store/sqlite/check.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/copy.h"
#include "store/sqlite/read.h"
#include "store/sqlite/run.h"

enum {
	/* How often a file that is open is looked after. */
	TEND_MS = 1000,
	/* How long that may wait for a lock. */
	TEND_PATIENCE_MS = 20,
	/* And opening the file, which one process does after the other: less
	 * would be trouble whenever several start on a busy machine. */
	OPEN_PATIENCE_MS = 1000,
	/* A worker carries over a log of 16 MB if nobody else did, and looks
	 * after it more often then. */
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
		db_checkpoint(db, TEND_WAL_PAGES);
		if (db->wal_pages >= TEND_WAL_PAGES)
			return TEND_WAL_MS;
		/* Only what worked can tell that trouble is over. */
		if (db->trouble.is_on && !trouble_is_deep(&db->trouble))
			trouble_end(&db->trouble);
		return TEND_MS;
	}
	return trouble_wait_ms(&db->trouble);
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
	/* The caller may be about to fork: no handle survives that. */
	db_close(db);
	return result;
}

/* One check within the round's transaction; a failure of its own undoes what
 * it did and nothing else. -1: the round is lost. */
static int
play(struct sqlite_db *db, struct check *check)
{
	if (db_command(db, SQL_SAVE) != 0)
		return -1;
	if (sqlite_check_one(db, check) == 0) {
		check->result = STORE_DONE;
		return db_command(db, SQL_KEEP);
	}
	if (!db_is_own_failure(db) || sqlite3_get_autocommit(db->handle))
		return -1;
	log_limited(&db->limit, LOG_LEVEL_WARNING,
	    "store: a request failed: %s", db->why);
	return db_command(db, SQL_UNDO) == 0 ? db_command(db, SQL_KEEP) : -1;
}

/* The round in one transaction: those that the deadline leaves no time for
 * stay without an answer, the others have theirs. */
static int
play_round(struct sqlite_db *db, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	if (db_begin(db, true) != 0)
		return -1;
	for (size_t i = 0; i < count && clock_left_ms(deadline_ms) > 0; i++)
		if (play(db, &checks[i]) != 0)
			return -1;
	return db_commit(db);
}

static void
check_round(void *self, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	for (size_t i = 0; i < count; i++)
		checks[i].result = STORE_FAILED;
	if (db_ready(db, deadline_ms) &&
	    play_round(db, checks, count, deadline_ms) != 0) {
		db_fail(db);
		for (size_t i = 0; i < count; i++)
			checks[i].result = STORE_FAILED;
	}
	for (size_t i = 0; i < count; i++)
		db->trouble.failed += checks[i].result != STORE_DONE;
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
	.init = init,
	.check = check_round,
	.block = sqlite_block,
	.unblock = sqlite_unblock,
	.account = sqlite_account,
	.clean_batch = sqlite_clean_batch,
	.expire = sqlite_expire,
	.act_as = act_as,
	.begin = sqlite_run_begin,
	.run = sqlite_run_query,
	.next = sqlite_run_next,
	.number = sqlite_run_number,
	.text = sqlite_run_text,
	.end = sqlite_run_end,
	.dialect = { "", "" },
	.load_accounts = sqlite_load_accounts,
	.load_logins = sqlite_load_logins,
};
