/*
 * stats_tables.h -- statistics and past logins out of an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_STATS_TABLES_H
#define STORE_SQLITE_STATS_TABLES_H

#include "store/store.h"

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_figures(void *self, const struct figure_query *,
    struct figure_table *, int64_t deadline_ms);
enum store_result sqlite_past_logins(void *self, const char *after,
    size_t most, struct past_login **, size_t *, int64_t deadline_ms);

#endif
