/*
 * test_limit_measures.c -- what is counted of each account, and limited.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/keys.h"
#include "config/limit_measures.h"
#include "unit.h"

#include <string.h>

static const struct {
	enum measure measure;
	const char *name, *option, *field;
	int cause;
} rows[] = {
	{ MEASURE_COUNTRIES, "countries", "limits.countries", "countries", 1 },
	{ MEASURE_NETWORKS, "networks", "limits.networks", "networks", 2 },
	{ MEASURE_HOME_COUNTRIES, "home_countries",
	    "limits.home.max_countries", "home.max_countries", 3 },
	{ MEASURE_HOME_NETWORKS, "home_networks", "limits.home.max_networks",
	    "home.max_networks", 4 },
	{ MEASURE_ASNS, "asns", "limits.asns", "asns", 9 },
	{ MEASURE_HOME_ASNS, "home_asns", "limits.home.max_asns",
	    "home.max_asns", 10 },
};

/* Users and stores know them: they stay. */
START_TEST(names_and_numbers)
{
	ck_assert_uint_eq(ROWS(rows), MEASURE_COUNT);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct measure_row *row = &measures[rows[i].measure];

		ck_assert_str_eq(row->name, rows[i].name);
		ck_assert_str_eq(row->option, rows[i].option);
		ck_assert_str_eq(row->field, rows[i].field);
		ck_assert_int_eq(row->cause, rows[i].cause);
	}
}
END_TEST

START_TEST(each_is_a_key)
{
	for (int i = 0; i < MEASURE_COUNT; i++) {
		const struct key *key = keys;

		while (key->key != NULL &&
		    strcmp(key->key, measures[i].option) != 0)
			key++;
		ck_assert_msg(key->key != NULL, "%s", measures[i].option);
		ck_assert_int_eq(key->type, OPTION_LIMIT);
		ck_assert_int_eq(key->least, measures[i].least);
	}
}
END_TEST

/* Each is counted at home and elsewhere. */
START_TEST(each_is_found)
{
	for (int i = 0; i < MEASURE_COUNT; i++) {
		ck_assert_int_eq(measure_of(measures[i].what,
		    measures[i].is_home), i);
		ck_assert_int_lt(measure_of(measures[i].what,
		    !measures[i].is_home), MEASURE_COUNT);
	}
}
END_TEST

UNIT("config/limit_measures", names_and_numbers, each_is_a_key, each_is_found)
