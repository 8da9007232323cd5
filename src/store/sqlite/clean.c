/*
 * clean.c -- delete from an SQLite file what nobody needs any more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/clean.h"

#include "base/mem.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/wal.h"

#include <stdlib.h>

enum { CLEAN_WAL_PAGES = 1024 };

/* Where a batch ends, and what of it goes. */
static const struct {
	enum statement end, clean;
} batches[CLEAN_TABLES] = {
	[CLEAN_LOGINS] = { SQL_LOGINS_END, SQL_LOGINS_CLEAN },
	[CLEAN_BLOCKS] = { SQL_BLOCKS_END, SQL_BLOCKS_CLEAN },
	[CLEAN_ACCOUNTS] = { SQL_ACCOUNTS_END, SQL_ACCOUNTS_CLEAN },
	[CLEAN_OUTBOX] = { SQL_OUTBOX_BATCH_END, SQL_OUTBOX_CLEAN },
	[CLEAN_HITS] = { SQL_HITS_END, SQL_HITS_CLEAN },
};

/* A key of text: at the beginning that is behind nothing. */
static struct db_value
key(const char *text)
{
	return DB_TEXT(text != NULL ? text : "");
}

/* Where the batch ends; at the end of the table account stays NULL. */
static int
find_end(struct sqlite_db *db, struct clean_walk *walk, char **account,
    char **network)
{
	sqlite3_stmt *end = db_query(db, batches[walk->table].end,
	    key(walk->account), key(walk->network), DB_INT(walk->rows));
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

/* What was told of accounts. Whoever has not read it notices that it is gone;
 * the last of them stays, and is of none. */
static int
forget_news(struct sqlite_db *db)
{
	return db_command(db, SQL_NEWS_OF_NONE) != 0 ? -1 :
	    db_command(db, SQL_NEWS_CLEAN);
}

/* One batch, within a transaction. */
static int
clean(struct sqlite_db *db, struct clean_walk *walk)
{
	char *account = NULL;
	char *network = NULL;

	if (walk->table == CLEAN_BLOCKS && walk->account == NULL &&
	    forget_news(db) != 0)
		return -1;
	if (find_end(db, walk, &account, &network) != 0)
		return -1;
	/* Behind all text there is a blob. */
	if (db_run(db, batches[walk->table].clean, key(walk->account),
		key(walk->network),
		account != NULL ? DB_TEXT(account) : DB_BLOB("", 0),
		key(network), DB_INT(walk->before_ms)) != 0) {
		free(account);
		free(network);
		return -1;
	}
	walk->deleted += (uint64_t)sqlite3_changes64(db->handle);
	free(walk->account);
	free(walk->network);
	walk->account = account;
	walk->network = network;
	return 0;
}

enum store_result
sqlite_clean_batch(void *self, struct clean_walk *walk, int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_begin(db, true) != 0 || clean(db, walk) != 0 ||
	    db_commit(db) != 0) {
		db_fail(db);
		return STORE_FAILED;
	}
	wal_carry(db, CLEAN_WAL_PAGES);
	return STORE_DONE;
}
