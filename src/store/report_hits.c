/*
 * report_hits.c -- who reached which limit or rate since the last report.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/report_hits.h"

#include "store/query.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void
take(struct store *store, void *row)
{
	struct hit *hit = row;

	hit->account = query_copy(store, 0);
	hit->cause = (enum cause)query_number(store, 1);
	hit->limit = (uint32_t)query_number(store, 2);
	hit->per_s = (uint32_t)query_number(store, 3);
	hit->times = (uint64_t)query_number(store, 4);
	hit->first_ms = query_number(store, 5);
	hit->last_ms = query_number(store, 6);
}

static void
clear(void *row)
{
	hit_clear(row);
}

enum store_result
store_hits(struct store *store, size_t most, struct hit **hits, size_t *count,
    int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**hits), .take = take,
		.clear = clear };
	enum store_result result = query_all(store, &list, ACCESS_READ,
	    deadline_ms, "hits", VALUE_NUMBER(most));

	*hits = list.rows;
	*count = list.count;
	return result;
}

/* As the statement hits_reported reads them. */
static char *
hits_json(const struct hit *hits, size_t count)
{
	json_t *rows = json_array();
	char *text;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("[siIIII]",
		    hits[i].account, (int)hits[i].cause,
		    (json_int_t)hits[i].limit, (json_int_t)hits[i].per_s,
		    (json_int_t)hits[i].times, (json_int_t)hits[i].last_ms));
	text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	return text;
}

enum store_result
store_reported(struct store *store, const struct hit *hits, size_t count,
    int64_t deadline_ms)
{
	char *json = hits_json(hits, count);
	/* The mail is out: what it told must not come back. */
	int worked = query_begin(store, ACCESS_LASTING, deadline_ms);

	if (worked == 0)
		worked = query_run(store, "hits_reported", VALUE_TEXT(json));
	if (worked == 0)
		worked = query_run_values(store, "hits_forget", NULL, 0);
	free(json);
	return query_end(store, worked);
}

void
hit_clear(struct hit *hit)
{
	free(hit->account);
	memset(hit, 0, sizeof(*hit));
}
