/*
 * test_spelling.c -- names of keys, and what a wrong one was meant to be.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/spelling.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *wrong, *meant; /* NULL: who knows */
} rows[] = {
	{ "mod", "mode" },
	{ "liste", "listen" },
	{ "limits.country", "limits.countries" },
	{ "limits.countires", "limits.countries" },
	{ "limit", "limits" },
	{ "overides", "overrides" },
	{ "ldap.tsl", "ldap.tls" },
	{ "limits.hom", "limits.home" },
	{ "limts.hme.countries", "limits.home.countries" },
	{ "workers", "server.workers" },
	{ "limits.max_countries", "limits.home.max_countries" },
	{ "server.url", "store.url" },
	{ "", NULL },
	{ "x", NULL },
	{ "something.else", NULL },
	{ "a-key-that-is-longer-than-any-that-there-could-be-in-the-table-xyz",
	    NULL },
};

START_TEST(what_was_meant)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[KEYS_NAME_SIZE];
		const char *meant = spelling_nearest(rows[i].wrong, text);

		if (rows[i].meant == NULL)
			ck_assert_msg(meant == NULL, "%s: %s", rows[i].wrong,
			    meant);
		else
			ck_assert_msg(meant != NULL &&
				strcmp(meant, rows[i].meant) == 0,
			    "%s: %s", rows[i].wrong, meant);
	}
}
END_TEST

START_TEST(sections)
{
	ck_assert(spelling_is_section("limits"));
	ck_assert(spelling_is_section("limits.home"));
	ck_assert(!spelling_is_section("limit"));
	ck_assert(!spelling_is_section("limits."));
	ck_assert(!spelling_is_section("mode"));
	ck_assert(!spelling_is_section(""));
}
END_TEST

START_TEST(variables)
{
	static const char name[] = "POLICYD_LIMITS_HOME_MAX_COUNTRIES=3";
	char variable[KEYS_VARIABLE_SIZE];
	const struct key *nearest;
	const struct key *option = spelling_of_variable(name, strlen(name) - 2,
	    &nearest);

	ck_assert_str_eq(option->key, "limits.home.max_countries");
	ck_assert_str_eq(spelling_variable(option, variable),
	    "POLICYD_LIMITS_HOME_MAX_COUNTRIES");
	ck_assert_ptr_null(spelling_of_variable("POLICYD_MOED", 12, &nearest));
	ck_assert_str_eq(nearest->key, "mode");
	ck_assert_ptr_null(spelling_of_variable("POLICYD_XYZ", 11, &nearest));
	ck_assert_ptr_null(nearest);
}
END_TEST

/* No two keys have the same variable. */
START_TEST(variables_differ)
{
	for (const struct key *a = keys; a->key != NULL; a++)
		for (const struct key *b = a + 1; b->key != NULL; b++) {
			char x[KEYS_VARIABLE_SIZE];
			char y[KEYS_VARIABLE_SIZE];

			ck_assert_str_ne(spelling_variable(a, x),
			    spelling_variable(b, y));
		}
}
END_TEST

UNIT("config/spelling", what_was_meant, sections, variables, variables_differ)
