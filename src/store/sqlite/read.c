/*
 * read.c -- what the SQLite side tells of accounts; writes nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/read.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite/account_row.h"
#include "store/sqlite/override_of.h"
#include "store/sqlite/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of block, in order. */
enum column {
	COLUMN_ACCOUNT, COLUMN_CAUSE, COLUMN_FOUND, COLUMN_ALLOWED,
	COLUMN_PER_S, COLUMN_NOTE, COLUMN_BEGAN_AT, COLUMN_UNTIL,
	COLUMN_ENDED_AT, COLUMN_ATTEMPTS, COLUMN_CLIENT, COLUMN_COUNTRY,
};

void
sqlite_take_block(sqlite3_stmt *row, struct block *block)
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

static int
read_block(struct sqlite_db *db, const char *account,
    struct account_record *record)
{
	sqlite3_stmt *row = db_query(db, SQL_BLOCK_LAST, DB_TEXT(account));
	int found = db_step(db, row);

	if (found <= 0)
		return found;
	record->has_block = true;
	sqlite_take_block(row, &record->block);
	db_done(row);
	return 0;
}

static int
read_logins(struct sqlite_db *db, const char *account, int64_t since_ms,
    size_t most, struct account_record *record)
{
	sqlite3_stmt *rows = db_query(db, SQL_LOGINS_NEWEST, DB_TEXT(account),
	    DB_INT((int64_t)most));
	size_t room = 0;
	int more;

	while ((more = db_step(db, rows)) > 0) {
		struct login_record *login;

		if (record->login_count == room) {
			room = 2 * room + 16;
			record->logins = mem_grow(record->logins, room,
			    sizeof(*record->logins));
		}
		login = &record->logins[record->login_count++];
		memset(login, 0, sizeof(*login));
		addr_parse(db_text(rows, 0), &login->network);
		snprintf(login->country, sizeof(login->country), "%s",
		    db_text(rows, 1));
		login->first_ms = sqlite3_column_int64(rows, 2);
		login->last_ms = sqlite3_column_int64(rows, 3);
		login->mails = (uint64_t)sqlite3_column_int64(rows, 4);
		login->is_within = login->last_ms > since_ms;
		record->logins_in_all =
		    (uint64_t)sqlite3_column_int64(rows, 5);
	}
	return more;
}

static int
read_record(struct sqlite_db *db, const char *account, int64_t now_ms,
    size_t most_logins, struct account_record *record)
{
	struct settings *settings = &record->settings;
	int64_t since_ms;
	int64_t oldest_ms;
	struct account_row row;

	if (row_load(db, account, &row) != 0 ||
	    override_lay(db, account, now_ms, settings, &record->of_domain,
		&record->of_account) != 0)
		return -1;
	record->is_known = row.is_known;
	record->since_ms = row.evidence_since;
	if (row.is_known && read_block(db, account, record) != 0)
		return -1;
	since_ms = now_ms - (int64_t)settings->window_s * 1000;
	if (row.evidence_since > since_ms)
		since_ms = row.evidence_since;
	if (places_count(db, db_query(db, SQL_LOGINS_WITHIN, DB_TEXT(account),
		DB_INT(since_ms)), settings, &record->evidence,
		&oldest_ms) != 0)
		return -1;
	record->rate_count = settings->rates.count;
	for (size_t i = 0; i < record->rate_count; i++) {
		uint32_t per_s = settings->rates.rules[i].per_s;

		record->rates[i].per_s = per_s;
		record->rates[i].used = (uint32_t)rates_used(&row.rates,
		    per_s, now_ms);
	}
	return read_logins(db, account, since_ms, most_logins, record);
}

enum store_result
sqlite_account(void *self, const char *account,
    const struct settings *settings, size_t most_logins,
    struct account_record *record, int64_t deadline_ms)
{
	struct sqlite_db *db = self;

	(void)settings; /* store.c began record->settings with it */
	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (db_is_utf8(db, account) && db_begin(db, false) == 0 &&
	    read_record(db, account, clock_wall_ms(), most_logins,
		record) == 0 &&
	    db_commit(db) == 0)
		return STORE_DONE;
	db_fail(db);
	return STORE_FAILED;
}
