/*
 * session_settings.c -- what the server is told before a transaction.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/connection_link.h"

#include <stdio.h>

/* The longest time to wait for a lock. */
enum { LOCK_MS = 1000 };

unsigned
pgsql_lock_ms(unsigned statement_ms)
{
	return statement_ms / 4 < LOCK_MS ? statement_ms / 4 + 1 : LOCK_MS;
}

/* The pooler's sessions have the default of the database. */
static bool
send_isolation(struct pgsql *pg)
{
	return !pg->is_pooled || PQsendQueryParams(pg->conn,
	    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", 0, NULL, NULL,
	    NULL, NULL, 0) != 0;
}

static bool
send_settings(struct pgsql *pg, unsigned statement_ms, const char *sql,
    const char *last)
{
	char statement[16];
	char lock[16];
	const char *const values[] = { statement, lock, last };

	snprintf(statement, sizeof(statement), "%u", statement_ms);
	snprintf(lock, sizeof(lock), "%u", pgsql_lock_ms(statement_ms));
	return send_isolation(pg) && PQsendQueryParams(pg->conn, sql,
	    last != NULL ? 3 : 2, NULL, values, NULL, NULL, 0) != 0;
}

/* $1 and $2: for a statement, for a lock. */
#define TIMEOUTS                                                               \
	"SELECT set_config('statement_timeout', $1, true), "                   \
	"set_config('lock_timeout', $2, true), "
#define PLANS(mode, others)                                                    \
	"set_config('plan_cache_mode', '" mode "', true), "                    \
	"set_config('enable_hashjoin', '" others "', true), "                  \
	"set_config('enable_mergejoin', '" others "', true), "                 \
	"set_config('enable_seqscan', '" others "', true), "

bool
pgsql_send_limits(struct pgsql *pg, unsigned statement_ms)
{
	return send_settings(pg, statement_ms, TIMEOUTS
	    PLANS("force_custom_plan", "on")
	    "set_config('synchronous_commit', $3, true)",
	    pg->synchronous_commit);
}

bool
pgsql_send_round(struct pgsql *pg, unsigned statement_ms)
{
	return send_settings(pg, statement_ms, TIMEOUTS
	    PLANS("force_generic_plan", "off")
	    "set_config('synchronous_commit', 'off', true)", NULL);
}

bool
pgsql_send_walk(struct pgsql *pg)
{
	return PQsendQueryParams(pg->conn,
	    "SELECT set_config('enable_hashjoin', 'off', true), "
	    "set_config('enable_mergejoin', 'off', true), "
	    "set_config('enable_bitmapscan', 'off', true), "
	    "set_config('enable_seqscan', 'off', true)", 0, NULL, NULL, NULL,
	    NULL, 0) != 0;
}

bool
pgsql_send_begin(struct pgsql *pg)
{
	return PQsendQueryParams(pg->conn,
	    "BEGIN ISOLATION LEVEL READ COMMITTED", 0, NULL, NULL, NULL, NULL,
	    0) != 0;
}

bool
pgsql_send_end(struct pgsql *pg, bool is_kept)
{
	return PQsendQueryParams(pg->conn, is_kept ? "COMMIT" : "ROLLBACK", 0,
	    NULL, NULL, NULL, NULL, 0) != 0;
}
