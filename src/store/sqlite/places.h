/*
 * places.h -- count the places that logins came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_PLACES_H
#define STORE_SQLITE_PLACES_H

#include "store/finding.h"
#include "store/sqlite/connection.h"

/*
 * Count what a statement returns, one row a login: country, last_seen, in
 * order of country. Exempt countries are left out. oldest_ms: the earliest
 * last_seen of those counted, 0 if there are none. 0, or -1 if it failed.
 */
int places_count(struct sqlite_db *, sqlite3_stmt *, const struct settings *,
    struct evidence *, int64_t *oldest_ms);

/* What the count depends on besides the logins, as a number that is not 0. */
int64_t places_settings(const struct settings *);

#endif
