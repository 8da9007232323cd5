/*
 * copy.c -- carry what an SQLite file holds to another store and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/copy.h"

#include "base/mem.h"
#include "store/sqlite/account_row.h"
#include "store/sqlite/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read the last block of an account, if it has one. */
static int
save_block(struct sqlite_db *db, struct saved_account *account)
{
	sqlite3_stmt *row = db_query(db, SQL_BLOCK_LAST,
	    DB_TEXT(account->account));
	int found = db_step(db, row);

	if (found > 0) {
		account->has_block = true;
		sqlite_take_block(row, &account->block);
		db_done(row);
	}
	return found < 0 ? -1 : 0;
}

/* Write a block unless a newer one is there; it holds if it has not ended. */
static int
load_block(struct sqlite_db *db, struct account_row *row,
    const struct block *block)
{
	struct saved_account there = {
		/* Borrowed: only its block is read. */
		.account = block->account,
	};
	int64_t until_ms = block->until_ms == 0 ? DB_FOREVER : block->until_ms;
	int result = save_block(db, &there);
	bool is_newer = !there.has_block ||
	    there.block.began_ms < block->began_ms;

	block_clear(&there.block);
	if (result != 0 || !is_newer)
		return result;
	if (db_run(db, SQL_COPY_BLOCK, DB_TEXT(row->account),
		DB_INT(block->cause), DB_INT(block->found),
		DB_INT(block->limit), DB_INT(block->per_s),
		DB_TEXT(block->note), DB_INT(block->began_ms),
		DB_INT(until_ms), DB_INT(block->ended_ms),
		DB_INT((int64_t)block->attempts), DB_TEXT(block->client),
		DB_TEXT(block->country)) != 0)
		return -1;
	row->blocked_until = block->ended_ms != 0 ? 0 : until_ms;
	return 0;
}

static int
load_account(struct sqlite_db *db, const struct saved_account *account)
{
	struct account_row row;

	if (row_load(db, account->account, &row) != 0)
		return -1;
	if (account->since_ms > row.evidence_since)
		row.evidence_since = account->since_ms;
	row.counted_with = 0;
	if (account->has_block &&
	    load_block(db, &row, &account->block) != 0)
		return -1;
	return row_save(db, &row);
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
		    DB_INT((int64_t)logins[i].mails));
	}
	return db_finish(db, worked);
}
