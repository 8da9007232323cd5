/*
 * report.c -- turns, and what is reported, in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum store_result
pgsql_take_turn(void *opaque, const char *name, const char *owner,
    uint32_t lease_s, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	char now[40];
	PGresult *result;
	bool is_ours;

	params_clear(params);
	params_text(params, name);
	params_text(params, owner);
	params_number(params, lease_s);
	params_text(params, pgsql_now(now));
	result = pgsql_run(self, "SELECT policyd.take_turn($1, $2, $3, $4)",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	is_ours = PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return is_ours ? STORE_DONE : STORE_NONE;
}

void
pgsql_leave_turn(void *opaque, const char *name, const char *owner,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;

	params_clear(&self->params);
	params_text(&self->params, name);
	params_text(&self->params, owner);
	PQclear(pgsql_run(self, "DELETE FROM policyd.turn WHERE name = $1 "
	    "AND owner = $2", deadline_ms));
}

static void
take(const PGresult *result, int row, struct hit *hit)
{
	hit->account = mem_dup(PQgetvalue(result, row, 0));
	hit->cause = (enum cause)atoi(PQgetvalue(result, row, 1));
	hit->limit = (uint32_t)strtoul(PQgetvalue(result, row, 2), NULL, 10);
	hit->per_s = (uint32_t)strtoul(PQgetvalue(result, row, 3), NULL, 10);
	hit->times = strtoull(PQgetvalue(result, row, 4), NULL, 10);
	hit->first_ms = strtoll(PQgetvalue(result, row, 5), NULL, 10);
	hit->last_ms = strtoll(PQgetvalue(result, row, 6), NULL, 10);
}

enum store_result
pgsql_hits(void *opaque, size_t most, struct hit **hits, size_t *count,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	PGresult *result;

	params_clear(&self->params);
	params_number(&self->params, (int64_t)most);
	result = pgsql_run(self, "SELECT account, cause, allowed, per_s, "
	    "times, policyd.milliseconds(first_seen), "
	    "policyd.milliseconds(last_seen) FROM policyd.hit "
	    "ORDER BY times DESC, account, cause, allowed, per_s LIMIT $1",
	    deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	*count = (size_t)PQntuples(result);
	*hits = mem_new(*count, sizeof(**hits));
	for (size_t i = 0; i < *count; i++)
		take(result, (int)i, &(*hits)[i]);
	PQclear(result);
	return STORE_DONE;
}

enum column {
	COLUMN_CAUSE, COLUMN_LIMIT, COLUMN_PER_S, COLUMN_TIMES, COLUMN_LAST,
};

/* Add one column of the hits as an array of numbers. */
static void
add_column(struct params *params, const struct hit *hits, size_t count,
    enum column column)
{
	const char **texts = mem_new(count, sizeof(*texts));
	char (*digits)[24] = mem_new(count, sizeof(*digits));

	for (size_t i = 0; i < count; i++) {
		const int64_t numbers[] = { (int64_t)hits[i].cause,
			hits[i].limit, hits[i].per_s, (int64_t)hits[i].times,
			hits[i].last_ms };

		snprintf(digits[i], sizeof(digits[i]), "%" PRId64,
		    numbers[column]);
		texts[i] = digits[i];
	}
	params_names(params, texts, count);
	free(digits);
	free(texts);
}

enum store_result
pgsql_reported(void *opaque, const struct hit *hits, size_t count,
    int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	const char **accounts = mem_new(count, sizeof(*accounts));
	PGresult *result;

	for (size_t i = 0; i < count; i++)
		accounts[i] = hits[i].account;
	params_clear(params);
	params_names(params, accounts, count);
	for (enum column i = COLUMN_CAUSE; i <= COLUMN_LAST; i++)
		add_column(params, hits, count, i);
	result = pgsql_run(self,
	    "SELECT policyd.reported($1, $2, $3, $4, $5, $6)", deadline_ms);
	free(accounts);
	PQclear(result);
	return result != NULL ? STORE_DONE : STORE_FAILED;
}
