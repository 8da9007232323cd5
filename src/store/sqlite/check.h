/*
 * check.h -- record, count and judge requests in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_CHECK_H
#define STORE_SQLITE_CHECK_H

#include "store/sqlite/connection.h"

/*
 * Steps 4 and 7 to 10 of the decision for one request, within the caller's
 * transaction. Fills in check->finding; nothing holds before the commit.
 */
int sqlite_check_one(struct sqlite_db *, struct check *);

#endif
