/*
 * test_finding.c -- causes and evidence, as they are told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/finding.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
	int cause;
	const char *name, *words;
	int measure;
} rows[] = {
	{ CAUSE_NONE, "", NULL, MEASURE_COUNT },
	{ 1, "countries", "countries", MEASURE_COUNTRIES },
	{ 2, "networks", "networks", MEASURE_NETWORKS },
	{ 3, "home_countries", "home countries", MEASURE_HOME_COUNTRIES },
	{ 4, "home_networks", "home networks", MEASURE_HOME_NETWORKS },
	{ 5, "only_countries", "outside the allowed countries",
	    MEASURE_COUNT },
	{ 6, "only_networks", "outside the allowed networks", MEASURE_COUNT },
	{ 7, "rate", "rate", MEASURE_COUNT },
	{ 8, "manual", "manual", MEASURE_COUNT },
	{ 9, "asns", "autonomous systems", MEASURE_ASNS },
	{ 10, "home_asns", "autonomous systems at home", MEASURE_HOME_ASNS },
	{ 999, "", NULL, MEASURE_COUNT },
	{ -1, "", NULL, MEASURE_COUNT },
};

START_TEST(causes)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum cause cause = (enum cause)rows[i].cause;

		ck_assert_str_eq(cause_name(cause), rows[i].name);
		ck_assert_pstr_eq(cause_words(cause), rows[i].words);
		ck_assert_int_eq(cause_measure(cause), rows[i].measure);
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

UNIT("store/finding", causes, evidence_as_json, sums)
