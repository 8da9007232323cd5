/*
 * older_logins.h -- places that an account's row has no room for, in SQLite.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_OLDER_LOGINS_H
#define STORE_SQLITE_OLDER_LOGINS_H

#include "store/round_work.h"
#include "store/sqlite/connection.h"

/* Delete who gives way; 0, or -1: failed. What is loaded stands in account.h. */
int older_trim(struct sqlite_db *, const struct work *);

#endif
