/*
 * sqlite_clean.c -- delete from an SQLite file what nobody needs any more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "facts/sqlite_clean.h"

#include "base/clock.h"
#include "base/mem.h"
#include "facts/sqlite_db.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	/* A cleaning that died keeps others from it for so long. */
	TURN_MS = 60000,
	/* A pause after a batch: at least so long, and as long as the batch
	 * took, so that who waits for the lock gets it. */
	PAUSE_MS = 2,
	CLEAN_WAL_PAGES = 1024,
};

/* A walk over the primary key of a table: where it stands, how it goes on. */
struct walk {
	enum statement end, clean;
	int64_t before_ms;
	unsigned batch;
	uint64_t *deleted;
	char *account, *network;	/* the key of the last row seen */
	bool is_over;
};

/* Is it our turn, and nobody else's? 1 yes, 0 no, -1 failed. Taken anew with
 * every batch; is_first: nobody may have it. */
static int
take_turn(struct sqlite_db *db, bool is_first)
{
	int64_t now_ms = clock_wall_ms();
	sqlite3_stmt *turn = db_query_values(db, SQL_CLEAN_TURN, NULL, 0);
	int64_t until_ms = 0;
	int found = db_step(db, turn);

	if (found < 0)
		return -1;
	if (found > 0) {
		until_ms = sqlite3_column_int64(turn, 0);
		db_done(turn);
	}
	/* A time further off was written before the clock was set back. */
	if (is_first && until_ms > now_ms && until_ms <= now_ms + TURN_MS)
		return 0;
	return db_run(db, SQL_CLEAN_TAKE, DB_INT(now_ms + TURN_MS)) == 0 ? 1 :
									  -1;
}

/* Where the batch ends; at the end of the table, behind all text: a blob. */
static int
find_end(struct sqlite_db *db, struct walk *walk, char **account,
    char **network)
{
	sqlite3_stmt *end = db_query(db, walk->end, DB_TEXT(walk->account),
	    DB_TEXT(walk->network), DB_INT(walk->batch));
	int found = db_step(db, end);

	if (found > 0) {
		*account = mem_dup(db_text(end, 0));
		*network = mem_dup(db_text(end, 1));
		db_done(end);
		return 0;
	}
	walk->is_over = true;
	return found;
}

/* One batch, within a transaction. */
static int
clean_batch(struct sqlite_db *db, struct walk *walk)
{
	char *account = NULL;
	char *network = NULL;

	if (take_turn(db, false) < 0 ||
	    find_end(db, walk, &account, &network) != 0)
		return -1;
	if (db_run(db, walk->clean, DB_TEXT(walk->account),
		DB_TEXT(walk->network),
		account != NULL ? DB_TEXT(account) : DB_BLOB("", 0),
		DB_TEXT(network != NULL ? network : ""),
		DB_INT(walk->before_ms)) != 0) {
		free(account);
		free(network);
		return -1;
	}
	*walk->deleted += (uint64_t)sqlite3_changes64(db->handle);
	free(walk->account);
	free(walk->network);
	walk->account = account;
	walk->network = network;
	return 0;
}

/* Let others have the lock. */
static void
pause_for(int64_t ms)
{
	struct timespec pause = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

static enum store_result
clean_walk(struct sqlite_db *db, struct walk walk, int64_t deadline_ms)
{
	enum store_result result = STORE_DONE;

	walk.account = mem_dup("");
	walk.network = mem_dup("");
	while (!walk.is_over && result == STORE_DONE) {
		int64_t began_ms;

		if (!db_ready(db, deadline_ms)) {
			result = STORE_FAILED;
			break;
		}
		began_ms = clock_mono_ms();
		if (db_begin(db, true) != 0 || clean_batch(db, &walk) != 0 ||
		    db_commit(db) != 0) {
			db_fail(db);
			result = STORE_FAILED;
		}
		db_checkpoint(db, CLEAN_WAL_PAGES);
		pause_for(PAUSE_MS + clock_mono_ms() - began_ms);
	}
	free(walk.account);
	free(walk.network);
	return result;
}

/* Take the turn to clean, or give it up. */
static enum store_result
begin_turn(struct sqlite_db *db, int64_t deadline_ms)
{
	int is_ours = -1;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_begin(db, true) == 0)
		is_ours = take_turn(db, true);
	if (is_ours < 0 || db_commit(db) != 0) {
		db_fail(db);
		return STORE_FAILED;
	}
	return is_ours > 0 ? STORE_DONE : STORE_NONE;
}

enum store_result
sqlite_clean(void *self, uint32_t retention_s, unsigned batch,
    struct cleaned *cleaned, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int64_t before_ms = clock_wall_ms() - (int64_t)retention_s * 1000;
	const struct walk walks[] = {
		{ .end = SQL_LOGINS_END, .clean = SQL_LOGINS_CLEAN,
		    .deleted = &cleaned->logins },
		{ .end = SQL_BLOCKS_END, .clean = SQL_BLOCKS_CLEAN,
		    .deleted = &cleaned->blocks },
		{ .end = SQL_ACCOUNTS_END, .clean = SQL_ACCOUNTS_CLEAN,
		    .deleted = &cleaned->accounts },
	};
	enum store_result result = begin_turn(db, deadline_ms);

	if (result != STORE_DONE)
		return result;
	for (size_t i = 0; i < 3 && result == STORE_DONE; i++) {
		struct walk walk = walks[i];

		walk.before_ms = before_ms;
		walk.batch = batch > 0 ? batch : 1;
		result = clean_walk(db, walk, deadline_ms);
	}
	if (db_ready(db, deadline_ms) && db_command(db, SQL_CLEAN_LEAVE) != 0)
		db_fail(db);
	return result;
}
