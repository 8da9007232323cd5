/*
 * run_statement.h -- run statements that are no requests in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The primitive of store/query.h, see store/side.h.
 */
#ifndef STORE_SQLITE_RUN_STATEMENT_H
#define STORE_SQLITE_RUN_STATEMENT_H

#include "store/query.h"

struct sqlite_db;

int sqlite_run_begin(void *self, enum access, int64_t deadline_ms);
int sqlite_run_end(void *self, bool is_kept);
int sqlite_run_query(void *self, const struct named_statement *,
    const struct value *, size_t count);
int sqlite_run_next(void *self);
int64_t sqlite_run_number(void *self, int column);
const char *sqlite_run_text(void *self, int column);

/* A statement of statements/sqlite.sql that gives no rows, within a transaction
 * of the side's own. Returns 0 or -1. */
#define sqlite_run_named(db, name, ...)                                        \
	sqlite_run_values(db, name, (const struct value[]){ __VA_ARGS__ },     \
	    sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value))
int sqlite_run_values(struct sqlite_db *, const char *name,
    const struct value *, size_t count);

/* The file is about to be closed. */
void sqlite_run_forget(struct sqlite_db *);

#endif
