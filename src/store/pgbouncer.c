/*
 * pgbouncer.c -- pgbouncer's configuration, between a proxy and its shards.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it says is made in schema/proxy/pgbouncer.sql. No other database has
 * that, so these are no statements of store/statements/.
 */
#include "store/pgbouncer.h"

#include "base/log.h"
#include "store/query.h"
#include "store/side.h"

static int
check_proxy(struct store *store)
{
	int64_t is_proxy = 0;
	int worked = query_values(store, NULL, "SELECT (to_regclass("
	    "'policyd.shard') IS NOT NULL)::integer", NULL, 0);

	if (worked == 0)
		worked = query_one(store, 0, &is_proxy);
	if (worked == 0 && !is_proxy)
		log_error("store: the database is no proxy: make it one with "
			  "policyd --init-store --proxy");
	return is_proxy ? worked : -1;
}

enum store_result
store_print_pooler(struct store *store, int64_t proxies, FILE *out,
    int64_t deadline_ms)
{
	int more = -1;

	if (store->side->init_proxy == NULL) {
		log_error("store: only a PostgreSQL database can be a proxy");
		return STORE_NONE;
	}
	if (query_begin(store, ACCESS_READ, deadline_ms) == 0 &&
	    check_proxy(store) == 0 &&
	    query_values(store, NULL, "SELECT policyd.pgbouncer_ini($1)",
		&VALUE_NUMBER(proxies), 1) == 0)
		while ((more = query_next(store)) > 0)
			fprintf(out, "%s\n", query_text(store, 0));
	return query_end(store, more);
}
