/*
 * block.h -- blocks in an SQLite file: begun, ended, expired.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_BLOCK_H
#define STORE_SQLITE_BLOCK_H

#include "store/sqlite/account_row.h"

/* Why an account is blocked. */
struct block_cause {
	enum cause cause;
	uint32_t found, limit, per_s;
	const char *note;
	const char *client, *country;	/* "" if there was no login */
	uint32_t duration_s;		/* 0: until unblocked */
};

/* Block an account whose row was saved, within the caller's transaction;
 * its end is in row->blocked_until then. */
int block_begin(struct sqlite_db *, struct account_row *,
    const struct block_cause *, int64_t now_ms);

/* End its block and start a fresh count, within the caller's transaction.
 * The row is changed and saved. */
int block_end(struct sqlite_db *, struct account_row *, int64_t at_ms);

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_block(void *self, const char *account,
    uint32_t duration_s, const char *note, int64_t deadline_ms);
enum store_result sqlite_unblock(void *self, const char *account,
    int64_t deadline_ms);
enum store_result sqlite_expire(void *self, uint64_t *ended,
    int64_t deadline_ms);

#endif
