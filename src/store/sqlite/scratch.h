/*
 * scratch.h -- a database that goes with the process: the URL "sqlite:".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SQLite keeps it in memory, and what is too large for that in a file that it
 * makes and unlinks (https://www.sqlite.org/inmemorydb.html, "Temporary
 * Databases"), so nothing is left behind however the process ends. All of it
 * is one transaction that is never committed: the rollback journal of a
 * database that began empty stays empty. What fails is lost with all the rest,
 * and the database does not come back.
 */
#ifndef STORE_SQLITE_SCRATCH_H
#define STORE_SQLITE_SCRATCH_H

#include "store/sqlite/connection.h"

/* As db_ready. */
bool scratch_ready(struct sqlite_db *);

/* As the opening of a file: db->handle is open, set it up. */
int scratch_set_up(struct sqlite_db *);

/* Does its one transaction run? False for all that are no scratch. */
bool scratch_is_begun(const struct sqlite_db *);

#endif
