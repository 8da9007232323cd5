/*
 * run_statement.h -- run statements that are no requests in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The primitive of store/query.h, see store/side.h. A transaction begins with
 * its first statement, in the same round trip.
 */
#ifndef STORE_PGSQL_RUN_STATEMENT_H
#define STORE_PGSQL_RUN_STATEMENT_H

#include "store/query.h"

#include <libpq-fe.h>

/* The transaction under way, and the rows of its last statement. */
struct pgsql_run {
	enum access access;
	int64_t deadline_ms;
	bool is_open;		/* BEGIN was sent */
	PGresult *rows;
	int row;
};

int pgsql_run_begin(void *self, enum access, int64_t deadline_ms);
int pgsql_run_end(void *self, bool is_kept);
int pgsql_run_query(void *self, const struct named_statement *,
    const struct value *, size_t count);
int pgsql_run_next(void *self);
int64_t pgsql_run_number(void *self, int column);
const char *pgsql_run_text(void *self, int column);

#endif
