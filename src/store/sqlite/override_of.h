/*
 * override_of.h -- overrides that an SQLite file has for an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_OVERRIDE_OF_H
#define STORE_SQLITE_OVERRIDE_OF_H

#include "store/sqlite/connection.h"

/*
 * Lay what holds at now_ms over settings: the domain's, then the account's
 * over it. The overrides, zeroed by the caller, own the lists that settings
 * borrows then: override_clear.
 */
int override_lay(struct sqlite_db *, const char *account, int64_t now_ms,
    struct settings *, struct override *of_domain,
    struct override *of_account);

/* The override of a row that begins with the columns of the statement
 * OVERRIDES; -1: a list in it cannot be read. To be cleared either way. */
int override_take(sqlite3_stmt *row, struct override *);

#endif
