/*
 * decision_counts.c -- how many requests got which verdict, by time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/decision_counts.h"

#include "store/query.h"
#include "store/side.h"

#include <jansson.h>
#include <stdlib.h>

const struct decisions_span decisions_spans[] = {
	{ "1h", 3600, 60, 60 },
	{ "24h", 86400, 600, 60 },
	{ "30d", 30 * 86400, 6 * 3600, 3600 },
	{ NULL, 0, 0, 0 },
};

enum counter
decisions_counter(int column)
{
	static const enum counter verdicts[DECIDED_TIMES] = {
		[DECIDED_PASSED] = STAT_PASSED,
		[DECIDED_EXEMPT] = STAT_EXEMPT,
		[DECIDED_BLOCKED] = STAT_BLOCKED,
		[DECIDED_OVER_LIMIT] = STAT_OVER_LIMIT,
		[DECIDED_OVER_RATE] = STAT_OVER_RATE,
		[DECIDED_DEFERRED] = STAT_DEFERRED,
		[DECIDED_ERRORS] = STAT_ERRORS,
		[DECIDED_US] = STAT_REQUEST_US,
	};

	return column < DECIDED_TIMES ? verdicts[column] :
	    (enum counter)((int)STAT_REQUEST_TIME_0 + column - DECIDED_TIMES);
}

static char *
rows_json(const struct decision_bucket *rows, size_t count)
{
	json_t *array = json_array();
	char *text;

	for (size_t i = 0; i < count; i++) {
		json_t *row = json_array();

		json_array_append_new(row,
		    json_integer((json_int_t)rows[i].ago_s));
		for (int k = 0; k < DECIDED_COUNTS; k++)
			json_array_append_new(row,
			    json_integer((json_int_t)rows[i].counts[k]));
		json_array_append_new(array, row);
	}
	text = json_dumps(array, JSON_COMPACT);
	json_decref(array);
	return text;
}

enum store_result
store_add_decisions(struct store *store, const struct decision_bucket *rows,
    size_t count, int64_t deadline_ms)
{
	char *text = rows_json(rows, count);
	int worked = query_begin(store, ACCESS_WRITE, deadline_ms);

	if (worked == 0)
		worked = query_run(store, "decisions_add",
		    VALUE_TEXT(store_server_name()), VALUE_NOW,
		    VALUE_TEXT(text));
	if (worked == 0)
		worked = query_run(store, "decisions_forget", VALUE_NOW);
	free(text);
	return query_end(store, worked);
}

static void
take(struct store *store, void *row)
{
	struct decision_bucket *decisions = row;

	decisions->at_ms = query_number(store, 0);
	for (int i = 0; i < DECIDED_COUNTS; i++)
		decisions->counts[i] = (uint64_t)query_number(store, 1 + i);
}

enum store_result
store_decisions(struct store *store, const struct decisions_span *span,
    struct decision_bucket **rows, size_t *count, int64_t *now_ms,
    int64_t deadline_ms)
{
	struct query_list list = { .size = sizeof(**rows), .take = take };
	int worked = query_begin(store, ACCESS_READ, deadline_ms);
	enum store_result result;

	if (worked == 0)
		worked = query_clock(store, now_ms);
	if (worked == 0)
		worked = query(store, "decisions_of",
		    VALUE_NUMBER(span->bucket_s), VALUE_NUMBER(span->step_s),
		    VALUE_NOW, VALUE_NUMBER(span->length_s));
	result = query_list_end(store, &list,
	    worked == 0 ? query_collect(store, &list) : worked);
	*rows = list.rows;
	*count = list.count;
	return result;
}
