/*
 * copy.c -- carry what an SQLite file holds to another store and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/copy.h"

#include "base/mem.h"
#include "store/sqlite/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of block, in order. */
enum column {
	COLUMN_ACCOUNT, COLUMN_CAUSE, COLUMN_FOUND, COLUMN_ALLOWED,
	COLUMN_PER_S, COLUMN_NOTE, COLUMN_BEGAN_AT, COLUMN_UNTIL,
	COLUMN_ENDED_AT, COLUMN_ATTEMPTS, COLUMN_CLIENT, COLUMN_COUNTRY,
};

static void
take_block(sqlite3_stmt *row, struct block *block)
{
	int64_t until_ms = sqlite3_column_int64(row, COLUMN_UNTIL);

	block->account = mem_dup(db_text(row, COLUMN_ACCOUNT));
	block->cause = (enum cause)sqlite3_column_int(row, COLUMN_CAUSE);
	block->found = (uint32_t)sqlite3_column_int64(row, COLUMN_FOUND);
	block->limit = (uint32_t)sqlite3_column_int64(row, COLUMN_ALLOWED);
	block->per_s = (uint32_t)sqlite3_column_int64(row, COLUMN_PER_S);
	block->note = mem_dup(db_text(row, COLUMN_NOTE));
	block->began_ms = sqlite3_column_int64(row, COLUMN_BEGAN_AT);
	block->until_ms = until_ms == DB_FOREVER ? 0 : until_ms;
	block->ended_ms = sqlite3_column_int64(row, COLUMN_ENDED_AT);
	block->attempts = (uint64_t)sqlite3_column_int64(row, COLUMN_ATTEMPTS);
	snprintf(block->client, sizeof(block->client), "%s",
	    db_text(row, COLUMN_CLIENT));
	snprintf(block->country, sizeof(block->country), "%s",
	    db_text(row, COLUMN_COUNTRY));
}

/* Read the last block of an account, if it has one. */
static int
save_block(struct sqlite_db *db, struct saved_account *account)
{
	sqlite3_stmt *row = db_query(db, SQL_BLOCK_LAST,
	    DB_TEXT(account->account));
	int found = db_step(db, row);

	if (found > 0) {
		account->has_block = true;
		take_block(row, &account->block);
		db_done(row);
	}
	return found < 0 ? -1 : 0;
}

/*
 * Write a block unless a newer one is there; until_ms is how long it holds
 * then, 0: it does not, and -1: as before.
 */
static int
load_block(struct sqlite_db *db, const struct block *block, int64_t *until_ms)
{
	struct saved_account there = {
		/* Borrowed: only its block is read. */
		.account = block->account,
	};
	int64_t end_ms = block->until_ms == 0 ? DB_FOREVER : block->until_ms;
	int result = save_block(db, &there);
	bool is_newer = !there.has_block ||
	    there.block.began_ms < block->began_ms;

	block_clear(&there.block);
	if (result != 0 || !is_newer)
		return result;
	*until_ms = block->ended_ms != 0 ? 0 : end_ms;
	return db_run(db, SQL_COPY_BLOCK, DB_TEXT(block->account),
	    DB_INT(block->cause), DB_INT(block->found), DB_INT(block->limit),
	    DB_INT(block->per_s), DB_TEXT(block->note),
	    DB_INT(block->began_ms), DB_INT(end_ms), DB_INT(block->ended_ms),
	    DB_INT((int64_t)block->attempts), DB_TEXT(block->client),
	    DB_TEXT(block->country));
}

static int
load_account(struct sqlite_db *db, const struct saved_account *account)
{
	int64_t until_ms = -1;

	if (account->has_block &&
	    load_block(db, &account->block, &until_ms) != 0)
		return -1;
	return db_run(db, SQL_COPY_ACCOUNT, DB_TEXT(account->account),
	    DB_INT(account->since_ms), DB_INT(until_ms));
}

/* Begin a transaction that must last. */
static int
begin(struct sqlite_db *db)
{
	if (db_begin(db, true) != 0)
		return -1;
	db->must_last = true;
	return 0;
}

enum store_result
sqlite_load_accounts(void *self, const struct saved_account *accounts,
    size_t count, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int worked;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	worked = begin(db);
	for (size_t i = 0; i < count && worked == 0; i++)
		worked = load_account(db, &accounts[i]);
	return db_finish(db, worked);
}

enum store_result
sqlite_load_logins(void *self, const struct saved_login *logins, size_t count,
    int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	int worked;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	worked = begin(db);
	for (size_t i = 0; i < count && worked == 0; i++) {
		char network[ADDR_TEXT_SIZE];

		worked = db_run(db, SQL_COPY_LOGIN,
		    DB_TEXT(logins[i].account),
		    DB_TEXT(addr_format(&logins[i].network, network)),
		    DB_TEXT(logins[i].country), DB_INT(logins[i].first_ms),
		    DB_INT(logins[i].last_ms),
		    DB_INT((int64_t)logins[i].mails),
		    DB_INT(logins[i].asn));
		if (worked == 0)
			worked = db_run(db, SQL_COPY_RECOUNT,
			    DB_TEXT(logins[i].account));
	}
	return db_finish(db, worked);
}
