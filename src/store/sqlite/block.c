/*
 * block.c -- blocks in an SQLite file: begun, ended, expired.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/block.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/sqlite/audit.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* Blocks that one transaction ends. */
	EXPIRE_BATCH = 50,
};

/* Put the event into the outbox once for each way of telling. */
static int
tell(struct sqlite_db *db, bool is_block, const char *account, int64_t at_ms)
{
	const char *channels[CHANNELS_MAX];
	size_t count = store_channels(db->setup->notify, is_block, channels);

	for (size_t i = 0; i < count; i++)
		if (db_run(db, SQL_OUTBOX_ADD, DB_TEXT(channels[i]),
			DB_TEXT(is_block ? "block" : "unblock"),
			DB_TEXT(account), DB_INT(at_ms),
			DB_TEXT(store_server_name())) != 0)
			return -1;
	return 0;
}

int
block_begin(struct sqlite_db *db, struct account_row *row,
    const struct block_cause *cause, int64_t now_ms)
{
	row->blocked_until = cause->duration_s == 0 ? DB_FOREVER :
	    now_ms + (int64_t)cause->duration_s * 1000;
	db->must_last = true;
	if (db_run(db, SQL_BLOCK_BEGIN, DB_TEXT(row->account),
		DB_INT(cause->cause), DB_INT(cause->found),
		DB_INT(cause->limit), DB_INT(cause->per_s),
		DB_TEXT(cause->note), DB_INT(now_ms),
		DB_INT(row->blocked_until), DB_TEXT(cause->client),
		DB_TEXT(cause->country)) != 0 ||
	    row_save(db, row) != 0)
		return -1;
	return tell(db, true, row->account, now_ms);
}

int
block_end(struct sqlite_db *db, struct account_row *row, int64_t at_ms)
{
	db->must_last = true;
	if (tell(db, false, row->account, at_ms) != 0 ||
	    db_run(db, SQL_BLOCK_END, DB_TEXT(row->account),
		DB_INT(at_ms)) != 0)
		return -1;
	/* What is pending goes to its login before that is forgotten. */
	if (row->pending > 0 &&
	    db_run(db, SQL_LOGIN_FLUSH, DB_TEXT(row->account),
		DB_TEXT(row->last_network), DB_INT(row->pending),
		DB_INT(row->last_seen)) != 0)
		return -1;
	row->blocked_until = 0;
	row->evidence_since = at_ms;
	row->last_network[0] = '\0';
	row->pending = 0;
	memset(&row->places, 0, sizeof(row->places));
	row->counted_with = 0;
	return row_save(db, row);
}

enum store_result
sqlite_block(void *self, const char *account, uint32_t duration_s,
    const char *note, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	struct block_cause cause = { .cause = CAUSE_MANUAL, .note = note,
		.client = "", .country = "", .duration_s = duration_s };
	struct account_row row;
	int worked;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (!db_is_utf8(db, account) || !db_is_utf8(db, note) ||
	    db_begin(db, true) != 0 || row_load(db, account, &row) != 0)
		return db_finish(db, -1);
	worked = block_begin(db, &row, &cause, clock_wall_ms());
	if (worked == 0)
		worked = audit_block(db, account, duration_s, note);
	return db_finish(db, worked);
}

enum store_result
sqlite_unblock(void *self, const char *account, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	struct account_row row;
	int64_t now_ms;
	int64_t until_ms;
	int worked = 0;

	if (!db_ready(db, deadline_ms))
		return STORE_FAILED;
	if (!db_is_utf8(db, account) || db_begin(db, true) != 0 ||
	    row_load(db, account, &row) != 0)
		return db_finish(db, -1);
	now_ms = clock_wall_ms();
	until_ms = row.blocked_until;
	if (until_ms != 0)
		worked = block_end(db, &row,
		    until_ms < now_ms ? until_ms : now_ms);
	if (worked == 0 && until_ms > now_ms)
		worked = audit_add(db, "unblock", account, "{}");
	if (db_finish(db, worked) != STORE_DONE)
		return STORE_FAILED;
	return until_ms > now_ms ? STORE_DONE : STORE_NONE;
}

/* The accounts whose blocks are over, at most EXPIRE_BATCH. */
static int
find_over(struct sqlite_db *db, int64_t now_ms, char *accounts[EXPIRE_BATCH],
    size_t *count)
{
	sqlite3_stmt *found = db_query(db, SQL_BLOCKS_OVER, DB_INT(now_ms),
	    DB_INT(EXPIRE_BATCH));
	int more;

	while ((more = db_step(db, found)) > 0)
		accounts[(*count)++] = mem_dup(db_text(found, 0));
	return more;
}

static int
end_over(struct sqlite_db *db, const char *account, int64_t now_ms)
{
	struct account_row row;

	if (row_load(db, account, &row) != 0)
		return -1;
	/* A block without its account's row is over all the same. */
	if (row.blocked_until == 0 || row.blocked_until > now_ms)
		return db_run(db, SQL_BLOCK_END, DB_TEXT(account),
		    DB_INT(now_ms));
	return block_end(db, &row, row.blocked_until);
}

static enum store_result
expire_batch(struct sqlite_db *db, size_t *ended)
{
	char *accounts[EXPIRE_BATCH];
	int64_t now_ms = clock_wall_ms();
	int worked = find_over(db, now_ms, accounts, ended);

	/* Mostly there is nothing to do, and nobody need wait for us. */
	if (worked == 0 && *ended == 0)
		return STORE_DONE;
	if (worked == 0)
		worked = db_begin(db, true);
	for (size_t i = 0; i < *ended; i++) {
		if (worked == 0)
			worked = end_over(db, accounts[i], now_ms);
		free(accounts[i]);
	}
	return db_finish(db, worked);
}

enum store_result
sqlite_expire(void *self, uint64_t *ended, int64_t deadline_ms)
{
	struct sqlite_db *db = self;
	size_t batch;

	*ended = 0;
	do {
		batch = 0;
		if (!db_ready(db, deadline_ms) ||
		    expire_batch(db, &batch) != STORE_DONE)
			return STORE_FAILED;
		*ended += batch;
	} while (batch == EXPIRE_BATCH);
	/* Who calls this regularly also spares the workers this work. */
	db_checkpoint(db, 0);
	return STORE_DONE;
}
