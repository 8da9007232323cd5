/*
 * read.h -- what the SQLite side tells of accounts; writes nothing.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_READ_H
#define STORE_SQLITE_READ_H

#include "store/sqlite/connection.h"

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_account(void *self, const char *account,
    const struct settings *, size_t most_logins, struct account_record *,
    int64_t deadline_ms);

/* The row of a statement that selects all of block. */
void sqlite_take_block(sqlite3_stmt *, struct block *);

#endif
