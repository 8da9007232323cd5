/*
 * v1_decisions.c -- /v1/decisions: requests by verdict and time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_decisions.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "policy/time_json.h"
#include "store/decision_counts.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

const struct parameter v1_decisions_parameters[] = { { "span", 0 },
	{ NULL, 0 } };

static json_t *
bounds_json(void)
{
	json_t *array = json_array();

	for (int i = 0; i < STATS_BUCKETS; i++)
		json_array_append_new(array,
		    counters_bucket_us(i) == UINT64_MAX ? json_null() :
		    json_integer((json_int_t)counters_bucket_us(i)));
	return array;
}

static json_t *
bucket_json(const struct decision_bucket *bucket)
{
	json_t *object = json_pack("{so}", "at", show_time(bucket->at_ms));
	json_t *times = json_array();

	for (int i = 0; i < DECIDED_VERDICTS; i++)
		json_object_set_new(object,
		    counters_info(decisions_counter(i))->name,
		    json_integer((json_int_t)bucket->counts[i]));
	json_object_set_new(object, "us",
	    json_integer((json_int_t)bucket->counts[DECIDED_US]));
	for (int i = DECIDED_TIMES; i < DECIDED_COUNTS; i++)
		json_array_append_new(times,
		    json_integer((json_int_t)bucket->counts[i]));
	json_object_set_new(object, "times", times);
	return object;
}

void
v1_decisions_show(struct admin *admin, struct exchange *exchange)
{
	const char *name = exchange_query(exchange, "span");
	const struct decisions_span *span = decisions_spans;
	struct decision_bucket *rows = NULL;
	size_t count = 0;
	int64_t now_ms;
	json_t *array;

	while (name != NULL && span->name != NULL &&
	    strcmp(span->name, name) != 0)
		span++;
	if (span->name == NULL) {
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "span: allowed are 1h, 24h and 30d");
		return;
	}
	if (store_decisions(admin->desk.store, span, &rows, &count, &now_ms,
		admin_deadline()) != STORE_DONE) {
		exchange_no_store(exchange);
		return;
	}
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, bucket_json(&rows[i]));
	free(rows);
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{ss si si so so so}",
	    "span", span->name, "length", (int)span->length_s, "step",
	    (int)span->step_s, "now", show_time(now_ms), "bounds_us",
	    bounds_json(), "buckets", array));
}
