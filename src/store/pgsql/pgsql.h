/*
 * pgsql.h -- what the files of the PostgreSQL side share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_PGSQL_H
#define STORE_PGSQL_PGSQL_H

#include "base/log.h"
#include "store/pgsql/arrays.h"
#include "store/pgsql/connection.h"
#include "store/pgsql/params.h"
#include "store/pgsql/recall.h"
#include "store/pgsql/run_statement.h"
#include "store/pgsql/statements.h"
#include "store/side.h"

struct store_pgsql {
	const struct store_setup *setup;
	struct pgsql *pg;
	struct params params;
	struct arrays arrays;
	struct actor actor;
	struct pgsql_run run;
	int64_t version;	/* of the row written last; 0: none yet */
	struct recall recall;
	struct pgsql_ear *ear;	/* NULL: nobody has listened */
	size_t sent;		/* calls, since they began */
	bool is_lost;		/* the last call lost its connection */
	bool is_retry;		/* and it is made anew within the round */
	struct log_limit limit;
};

/* Make a call with the arrays collected: binary both ways. NULL: the store is
 * in trouble, which is logged. */
PGresult *pgsql_call(struct store_pgsql *, enum pgsql_call,
    int64_t deadline_ms);

/*
 * The same in parts: several calls in one transaction. begin; send each with
 * the arrays collected; then `take` gets their results, in order, to clear.
 * Returns false if the store is in trouble: nothing was done.
 */
enum { PGSQL_CALLS_MOST = 32 };
bool pgsql_calls_begin(struct store_pgsql *, int64_t deadline_ms);
bool pgsql_calls_send(struct store_pgsql *, enum pgsql_call);
bool pgsql_calls_end(struct store_pgsql *,
    void (*take)(void *, size_t number, PGresult *), void *,
    int64_t deadline_ms);

/* As in store.h; self is a struct store_pgsql. */
enum store_result pgsql_clean_batch(void *self, struct clean_walk *,
    int64_t deadline_ms);

/* Run a statement with the parameters collected. */
PGresult *pgsql_run(struct store_pgsql *, const char *sql,
    int64_t deadline_ms);

#endif
