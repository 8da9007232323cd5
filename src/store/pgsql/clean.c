/*
 * clean.c -- delete from PostgreSQL what nobody needs any more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <stdlib.h>

/* A batch: $1 before, milliseconds; $2, $4 the key where it begins; $3 rows.
 * Each says how many it deleted, and where the next begins or NULL. */
#define BATCH(function, key)                                                   \
	"SELECT * FROM policyd." function                                      \
	"(to_timestamp($1::bigint / 1000.0), " key ", $3)"

static const char *const batches[CLEAN_TABLES] = {
	[CLEAN_LOGINS] = BATCH("clean_logins", "$2, $4"),
	[CLEAN_BLOCKS] = BATCH("clean_blocks", "$2"),
	[CLEAN_ACCOUNTS] = BATCH("clean_accounts", "$2"),
	[CLEAN_OUTBOX] = BATCH("clean_outbox", "$2"),
	[CLEAN_HITS] = BATCH("clean_hits", "$2"),
};

enum store_result
pgsql_clean_batch(void *opaque, struct clean_walk *walk, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	bool has_network = walk->table == CLEAN_LOGINS;
	PGresult *result;

	params_clear(params);
	params_number(params, walk->before_ms);
	params_text(params, walk->account != NULL ? walk->account : "");
	params_number(params, walk->rows);
	if (has_network)
		params_text(params, walk->network != NULL ? walk->network :
							    "0.0.0.0/0");
	result = pgsql_run(self, batches[walk->table], deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	walk->deleted += strtoull(PQgetvalue(result, 0, 0), NULL, 10);
	walk->is_over = PQgetisnull(result, 0, 1);
	free(walk->account);
	free(walk->network);
	walk->account = mem_dup(PQgetvalue(result, 0, 1));
	walk->network = mem_dup(has_network ? PQgetvalue(result, 0, 2) : "");
	PQclear(result);
	return STORE_DONE;
}
