/*
 * test_finding.c -- causes and evidence, as they are told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/finding.h"

#include "base/counters.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
	int cause;
	const char *name, *words;
} rows[] = {
	{ CAUSE_NONE, "", NULL },
	{ 1, "countries", "countries" },
	{ 2, "networks", "networks" },
	{ 3, "home_countries", "home countries" },
	{ 4, "home_networks", "home networks" },
	{ 5, "only_countries", "outside the allowed countries" },
	{ 6, "only_networks", "outside the allowed networks" },
	{ 7, "rate", "rate" },
	{ 8, "manual", "manual" },
	{ 9, "asns", "autonomous systems" },
	{ 10, "home_asns", "autonomous systems at home" },
	{ 11, "new_places.countries.day", "new countries" },
	{ 12, "new_places.places.hour", "new networks in an hour" },
	{ 20, "new_places.quota.hour",
	    "mails in an hour from networks never used before" },
	{ 21, "new_places.quota.day",
	    "mails in a day from networks never used before" },
	{ 22, "bursts.young.week",
	    "mails in a week from networks first used lately" },
	{ 23, "new_places.tries", "mails deferred in an hour" },
	{ 24, "", NULL },
	{ 999, "", NULL },
	{ -1, "", NULL },
};

START_TEST(causes)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum cause cause = (enum cause)rows[i].cause;

		ck_assert_str_eq(cause_name(cause), rows[i].name);
		ck_assert_pstr_eq(cause_words(cause), rows[i].words);
	}
}
END_TEST

/* base/counters.def knows all of them, by their numbers. */
START_TEST(each_cause_is_counted)
{
	static const struct {
		enum counter first, next;
		const char *name;
	} lists[] = {
		{ STAT_BLOCKS_1, STAT_OVER_LIMIT, "blocks_by_cause" },
		{ STAT_REFUSED_1, STAT_AT_STAGE, "refused_by_cause" },
	};

	for (size_t i = 0; i < ROWS(lists); i++) {
		int count = (int)lists[i].next - (int)lists[i].first;

		for (int k = 0; k < count; k++) {
			const struct counter_info *info = counters_info(
			    (enum counter)((int)lists[i].first + k));
			char name[80];

			snprintf(name, sizeof(name), "%s.%s", lists[i].name,
			    cause_name((enum cause)(k + 1)));
			ck_assert_str_eq(info->name, name);
			ck_assert(info->is_cause);
		}
		ck_assert_str_eq(cause_name((enum cause)(count + 1)), "");
	}
}
END_TEST

/* Peaks matter to bursts and to quotas of new places. */
START_TEST(spans_of_peaks)
{
	int spans[SPANS + 1] = { 0 };

	for (int i = 0; cause_words((enum cause)(i + 1)) != NULL; i++)
		spans[cause_span((enum cause)(i + 1))]++;
	ck_assert_int_eq(spans[SPAN_HOUR], 3);
	ck_assert_int_eq(spans[SPAN_DAY], 3);
	ck_assert_int_eq(cause_span(CAUSE_BURST_HOUR), SPAN_HOUR);
	ck_assert_int_eq(cause_span(CAUSE_QUOTA_DAY), SPAN_DAY);
	ck_assert_int_eq(cause_span(CAUSE_NONE), SPANS);
}
END_TEST

/* No two causes are told alike, to programs or in a view. */
START_TEST(each_has_a_name_of_its_own)
{
	for (int i = 1; cause_words((enum cause)i) != NULL; i++)
		for (int k = 1; k < i; k++) {
			ck_assert_str_ne(cause_name((enum cause)i),
			    cause_name((enum cause)k));
			ck_assert_str_ne(cause_words((enum cause)i),
			    cause_words((enum cause)k));
		}
	ck_assert_ptr_nonnull(cause_words(CAUSE_TRIES));
}
END_TEST

static const struct {
	enum cause cause;
	uint32_t found, limit, per_s;
	const char *reason, *reached;
} counted[] = {
	{ CAUSE_COUNTRIES, 4, 3, 86400, "4 countries within 24h, 3 allowed",
	    "more than 3 countries in 24h" },
	{ CAUSE_COUNTRIES, 1, 0, 86400, "1 country within 24h, 0 allowed",
	    "more than 0 countries in 24h" },
	{ CAUSE_RATE, 1, 1, 3600, "1 mail within 1h, 1 allowed",
	    "1 mail in 1h" },
	{ CAUSE_NEW_COUNTRIES, 5, 4, 86400,
	    "5 countries never used before within 24h, 4 allowed",
	    "more than 4 countries never used before in 24h" },
	{ CAUSE_NEW_PLACES_HOUR, 4, 1, 3600,
	    "4 networks never used before within 1h, 1 allowed",
	    "more than 1 network never used before in 1h" },
	{ CAUSE_NEW_PLACES_DAY, 5, 4, 86400,
	    "5 networks never used before within 24h, 4 allowed",
	    "more than 4 networks never used before in 24h" },
	{ CAUSE_BURST_HOUR, 401, 400, 3600, "401 mails within 1h, 400 allowed",
	    "more than 400 mails in 1h" },
	{ CAUSE_BURST_DAY, 401, 400, 86400,
	    "401 mails within 24h, 400 allowed",
	    "more than 400 mails in 24h" },
	{ CAUSE_YOUNG_HOUR, 61, 60, 3600,
	    "61 mails within 1h from networks first used lately, 60 allowed",
	    "more than 60 mails in 1h from networks first used lately" },
	{ CAUSE_YOUNG_DAY, 101, 100, 86400,
	    "101 mails within 24h from networks first used lately, "
	    "100 allowed",
	    "more than 100 mails in 24h from networks first used lately" },
	{ CAUSE_YOUNG_WEEK, 61, 60, 604800,
	    "61 mails within 7d from networks first used lately, 60 allowed",
	    "more than 60 mails in 7d from networks first used lately" },
	{ CAUSE_DEFERRALS, 3, 2, 604800,
	    "3 days within 7d with mail deferred, 2 allowed",
	    "more than 2 days in 7d with mail deferred" },
	{ CAUSE_PATIENCE, 13, 12, 3900,
	    "13 spans of 5 minutes within 65m with mail deferred, "
	    "12 allowed",
	    "more than 12 spans of 5 minutes in 65m with mail deferred" },
	{ CAUSE_TRIES, 41, 40, 3900,
	    "41 deferred mails within 65m, 40 allowed",
	    "more than 40 deferred mails in 65m" },
	{ CAUSE_QUOTA_HOUR, 6, 5, 3600,
	    "6 mails within 1h from networks never used before, 5 allowed",
	    "more than 5 mails in 1h from networks never used before" },
	{ CAUSE_QUOTA_DAY, UINT32_MAX, UINT32_MAX, 86400,
	    "4294967295 mails within 24h from networks never used before, "
	    "4294967295 allowed",
	    "more than 4294967295 mails in 24h from networks never used "
	    "before" },
	{ CAUSE_MANUAL, 1, 1, 1, "", "" },
	{ CAUSE_ONLY_NETWORKS, 1, 1, 1, "", "" },
	{ CAUSE_NONE, 1, 1, 1, "", "" },
	{ (enum cause)99, 1, 1, 1, "", "" },
};

START_TEST(what_was_found_in_words)
{
	for (size_t i = 0; i < ROWS(counted); i++) {
		char text[CAUSE_TEXT_SIZE];
		bool is_counted = counted[i].reason[0] != '\0';

		ck_assert(cause_reason(counted[i].cause, counted[i].found,
		    false, counted[i].limit, counted[i].per_s, text) == is_counted);
		ck_assert_str_eq(text, counted[i].reason);
		if (is_counted) {
			ck_assert(cause_reason(counted[i].cause, 1, true, 3,
			    3600, text));
			ck_assert_ptr_nonnull(strstr(text, "1 or more "));
			ck_assert_ptr_nonnull(strstr(text, "s "));
		}
		ck_assert(cause_reached(counted[i].cause, counted[i].limit,
		    counted[i].per_s, text) == is_counted);
		ck_assert_str_eq(text, counted[i].reached);
	}
}
END_TEST

START_TEST(evidence_as_json)
{
	struct evidence evidence = { .is_capped = false };
	char text[EVIDENCE_TEXT_SIZE];
	char wanted[100];

	for (int i = 0; i < MEASURE_COUNT; i++)
		evidence.found[i] = UINT32_MAX - (uint32_t)i;
	evidence_text(&evidence, text);
	for (int i = 0; i < MEASURE_COUNT; i++) {
		snprintf(wanted, sizeof(wanted), "\"%s\":%u",
		    measures[i].name, evidence.found[i]);
		ck_assert_msg(strstr(text, wanted) != NULL, "%s", text);
	}
	ck_assert_int_eq(text[0], '{');
	ck_assert_int_eq(text[strlen(text) - 1], '}');
	ck_assert_ptr_null(strstr(text, "or_more"));
	evidence.is_capped = true;
	evidence_text(&evidence, text);
	ck_assert_ptr_nonnull(strstr(text, ",\"or_more\":true}"));
}
END_TEST

START_TEST(sums)
{
	struct evidence evidence = { .found = { 0 } };

	evidence.found[MEASURE_COUNTRIES] = 3;
	evidence.found[MEASURE_HOME_COUNTRIES] = 2;
	evidence.found[MEASURE_HOME_NETWORKS] = 7;
	ck_assert_uint_eq(evidence_sum(&evidence, MEASURED_COUNTRY), 5);
	ck_assert_uint_eq(evidence_sum(&evidence, MEASURED_NETWORK), 7);
}
END_TEST

UNIT("store/finding", causes, each_cause_is_counted,
    spans_of_peaks, each_has_a_name_of_its_own,
    what_was_found_in_words, evidence_as_json, sums)
