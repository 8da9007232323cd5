/*
 * v1_limits.c -- /v1/limits: whom each value of each limit would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_limits.h"

#include "admin/exchange.h"
#include "admin/limit_survey.h"
#include "base/clock.h"
#include "policy/time_json.h"

#include <microhttpd.h>
#include <string.h>

enum { ACCOUNTS_MOST = 500 };

const struct parameter v1_limits_parameters[] = {
	{ "value", LIMIT_SURVEY_VALUES - 1 }, { NULL, 0 } };

static const struct limit_survey *
survey_of(struct admin *admin, struct exchange *exchange)
{
	const struct limit_survey *survey = limit_survey_of(admin,
	    clock_mono_ms() + ADMIN_LONG_PATIENCE_MS);

	if (survey == NULL)
		exchange_no_store(exchange);
	return survey;
}

/* Up to the first value that nobody is above, and the one that holds. */
static json_t *
curve_json(const uint64_t *blocked, uint32_t limit)
{
	json_t *array = json_array();
	uint32_t last = 0;

	while (last < LIMIT_SURVEY_VALUES - 1 && blocked[last] > 0)
		last++;
	if (limit != UNLIMITED && limit > last)
		last = limit < LIMIT_SURVEY_VALUES ? limit :
						     LIMIT_SURVEY_VALUES - 1;
	for (uint32_t v = 0; v <= last; v++)
		json_array_append_new(array,
		    json_integer((json_int_t)blocked[v]));
	return array;
}

void
v1_limits_list(struct admin *admin, struct exchange *exchange)
{
	const struct limit_survey *survey = survey_of(admin, exchange);
	const struct settings *settings = &admin->config->settings;
	json_t *array;

	if (survey == NULL)
		return;
	array = json_array();
	for (int m = 0; m < MEASURE_COUNT; m++) {
		uint32_t limit = settings->limits[m];

		json_array_append_new(array,
		    json_pack("{ss ss ss si so so}", "name", measures[m].name,
			"option", measures[m].option, "words",
			measures[m].many, "least", (int)measures[m].least,
			"limit", limit == UNLIMITED ? json_null() :
			json_integer(limit), "blocked",
			curve_json(survey->blocked[m], limit)));
	}
	exchange_json(exchange, MHD_HTTP_OK,
	    json_pack("{sI sb sI so si so}", "accounts",
		(json_int_t)survey->accounts, "whole", survey->is_whole,
		"retention", (json_int_t)admin->config->store.retention_s,
		"at", show_time(survey->made_ms), "window",
		(int)settings->window_s, "limits", array));
}

void
v1_limits_show(struct admin *admin, struct exchange *exchange)
{
	int64_t value = exchange_number(exchange, "value", 0);
	const struct limit_survey *survey;
	json_t *array;
	int m = 0;

	while (m < MEASURE_COUNT &&
	    strcmp(measures[m].name, exchange->rest) != 0)
		m++;
	if (m == MEASURE_COUNT) {
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    "there is no limit called \"%.60s\"", exchange->rest);
		return;
	}
	survey = survey_of(admin, exchange);
	if (survey == NULL)
		return;
	array = json_array();
	for (size_t i = 0; i < survey->count &&
	     json_array_size(array) < ACCOUNTS_MOST; i++)
		if (survey->peaks[i].found[m] > value)
			json_array_append_new(array, json_pack("{ss si}",
			    "account", survey->peaks[i].account, "found",
			    (int)survey->peaks[i].found[m]));
	exchange_json(exchange, MHD_HTTP_OK, json_pack("{ss sI sI so}",
	    "name", measures[m].name, "value", (json_int_t)value, "blocked",
	    (json_int_t)survey->blocked[m][value], "accounts", array));
}
