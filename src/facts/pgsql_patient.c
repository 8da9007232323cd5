/*
 * pgsql_patient.c -- a statement that may take longer than a request.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "facts/pgsql_patient.h"

#include "base/clock.h"

#include <stdio.h>

/* The next result; NULL for none, or when there will be no more. */
static PGresult *
next(struct pgsql *pg, int64_t deadline_ms)
{
	return pgsql_wait(pg, deadline_ms) ? PQgetResult(pgsql_conn(pg)) :
					     NULL;
}

static bool
send_both(PGconn *conn, const char *sql, int count, const char *const *values,
    int64_t deadline_ms)
{
	char left_ms[16];
	const char *timeout[] = { left_ms };

	/* Local to the transaction: behind a pooler the next one may have
	 * another session. Both are one transaction, which the sync ends. */
	snprintf(left_ms, sizeof(left_ms), "%d", clock_left_ms(deadline_ms));
	return PQsendQueryParams(conn,
		   "SELECT set_config('statement_timeout', $1, true)", 1,
		   NULL, timeout, NULL, NULL, 0) &&
	    PQsendQueryParams(conn, sql, count, NULL, values, NULL, NULL, 0) &&
	    PQpipelineSync(conn);
}

static bool
is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

PGresult *
pgsql_patient(struct pgsql *pg, const char *sql, int count,
    const char *const *values, int64_t deadline_ms)
{
	PGresult *results[3] = { NULL, NULL, NULL };
	size_t found = 0;

	if (!pgsql_is_up(pg, deadline_ms))
		return NULL;
	/* Two results, a NULL behind each, and the sync. */
	if (send_both(pgsql_conn(pg), sql, count, values, deadline_ms))
		for (int i = 0; i < 5 && found < 3; i++) {
			results[found] = next(pg, deadline_ms);
			found += results[found] != NULL;
		}
	if (found < 3) {
		pgsql_drop(pg, clock_left_ms(deadline_ms) == 0 ?
		    "PostgreSQL did not answer in time" :
		    PQerrorMessage(pgsql_conn(pg)));
	} else if (is_good(results[0]) && is_good(results[1])) {
		pgsql_worked(pg);
	} else {
		pgsql_failed(pg, is_good(results[0]) ? results[1] :
						      results[0]);
		found = 0;
	}
	if (found < 3) {
		PQclear(results[1]);
		results[1] = NULL;
	}
	PQclear(results[0]);
	PQclear(results[2]);
	return results[1];
}
