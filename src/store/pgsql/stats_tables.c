/*
 * stats_tables.c -- statistics and past logins out of PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/pgsql.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

enum store_result
pgsql_figures(void *opaque, const struct figure_query *query,
    struct figure_table *table, int64_t deadline_ms)
{
	static const struct figure_dialect dialect = { "policyd.",
		"policyd.milliseconds" };
	struct store_pgsql *self = opaque;
	char sql[FIGURE_SQL_SIZE];
	PGresult *result;

	stats_table_sql(query, &dialect, sql);
	result = pgsql_query(self->pg, sql, query->account != NULL,
	    &query->account, deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	for (int row = 0; row < PQntuples(result); row++)
		for (int i = 0; i < (int)table->columns; i++)
			figure_table_add(table, query->figure->columns[i].kind,
			    PQgetvalue(result, row, i));
	PQclear(result);
	return STORE_DONE;
}

static int64_t
number(const PGresult *result, int row, int column)
{
	return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static void
take(const PGresult *result, int row, struct past_login *past)
{
	past->account = mem_dup(PQgetvalue(result, row, 0));
	addr_parse(PQgetvalue(result, row, 1), &past->login.network);
	snprintf(past->login.country, sizeof(past->login.country), "%s",
	    PQgetvalue(result, row, 2));
	past->login.first_ms = number(result, row, 3);
	past->login.last_ms = number(result, row, 4);
	past->login.mails = (uint64_t)number(result, row, 5);
	past->since_ms = number(result, row, 6);
	past->has_override = PQgetvalue(result, row, 7)[0] == 't';
}

enum store_result
pgsql_past_logins(void *opaque, const char *after, size_t most,
    struct past_login **logins, size_t *count, int64_t deadline_ms)
{
	struct store_pgsql *self = opaque;
	struct params *params = &self->params;
	PGresult *result;

	params_clear(params);
	params_text(params, after);
	params_number(params, (int64_t)most);
	result = pgsql_query(self->pg, "WITH page AS MATERIALIZED ("
	    "SELECT DISTINCT account FROM policyd.login WHERE account > $1 "
	    "ORDER BY account LIMIT $2) SELECT l.account, l.network, "
	    "l.country, policyd.milliseconds(l.first_seen), "
	    "policyd.milliseconds(l.last_seen), l.mails, "
	    "CASE WHEN isfinite(l.evidence_since) THEN "
	    "policyd.milliseconds(l.evidence_since) ELSE 0 END, "
	    "EXISTS (SELECT FROM policyd.override o WHERE o.account IN "
	    "(l.account, substring(l.account FROM '@[^@]*$'))) "
	    "FROM page JOIN policyd.logins l USING (account) "
	    "ORDER BY l.account, l.network", (int)params->count,
	    params_values(params), deadline_ms);
	if (result == NULL)
		return STORE_FAILED;
	*count = (size_t)PQntuples(result);
	if (*count > 0)
		*logins = mem_new(*count, sizeof(**logins));
	for (size_t i = 0; i < *count; i++)
		take(result, (int)i, &(*logins)[i]);
	PQclear(result);
	return *count > 0 ? STORE_DONE : STORE_NONE;
}
