/*
 * stats_totals.c -- figures and totals of what the store holds.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/query.h"
#include "store/side.h"

#include <string.h>

enum store_result
store_figures(struct store *store, const struct figure_query *asked,
    struct figure_table *table, int64_t deadline_ms)
{
	const struct value account = VALUE_TEXT(asked->account);
	char sql[FIGURE_SQL_SIZE];
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	int more = 0;

	memset(table, 0, sizeof(*table));
	table->columns = stats_table_width(asked->figure);
	stats_table_sql(asked, &store->side->dialect, sql);
	if (worked == 0)
		worked = query_values(store, NULL, sql, &account,
		    asked->account != NULL);
	while (worked == 0 && (more = query_next(store)) > 0)
		for (int i = 0; i < (int)table->columns; i++)
			figure_table_add(table, asked->figure->columns[i].kind,
			    query_text(store, i));
	return query_end(store, worked != 0 ? worked : more);
}

enum store_result
store_count(struct store *store, struct totals *totals, int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_READ, deadline_ms);

	memset(totals, 0, sizeof(*totals));
	if (worked == 0)
		worked = query(store, "totals", VALUE_NOW);
	if (worked == 0)
		worked = query_next(store) > 0 ? 0 : -1;
	if (worked == 0) {
		totals->blocked = (uint64_t)query_number(store, 0);
		totals->overrides = (uint64_t)query_number(store, 1);
		totals->outbox = (uint64_t)query_number(store, 2);
		totals->outbox_since_ms = query_number(store, 3);
	}
	for (int i = 0; worked == 0 && i < OUTBOX_CHANNELS; i++) {
		totals->channels[i].count =
		    (uint64_t)query_number(store, 4 + 2 * i);
		totals->channels[i].since_ms = query_number(store, 5 + 2 * i);
	}
	return query_end(store, worked);
}
