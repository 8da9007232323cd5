/*
 * override_of.h -- overrides that an SQLite file has for an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_OVERRIDE_OF_H
#define STORE_SQLITE_OVERRIDE_OF_H

#include "store/sqlite/connection.h"

/*
 * In a transaction, before the first overrides_load: look who has one, if that
 * changed. Each change is among the news, whatever program makes it.
 */
int overrides_look(struct sqlite_db *);

/*
 * Read what holds at now_ms. The overrides, zeroed by the caller, own what
 * they hold: override_clear. One that does not exist has no account.
 */
int overrides_load(struct sqlite_db *, const char *account, int64_t now_ms,
    struct override *of_domain, struct override *of_account);

/* The override of a row that begins with the columns of the statement
 * OVERRIDES; -1: a list in it cannot be read. To be cleared either way. */
int override_take(sqlite3_stmt *row, struct override *);

#endif
