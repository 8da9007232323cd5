/*
 * test_names.c -- a set of names, each with a number.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/names.h"
#include "unit.h"

#include <stdio.h>

START_TEST(finds_what_was_added)
{
	struct names *names = names_new();
	char name[32];

	ck_assert_int_eq(names_find(names, "joe"), NAMES_NONE);
	for (size_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "user%zu@example.org", i);
		names_add(names, name, i);
	}
	for (size_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "user%zu@example.org", i);
		ck_assert_int_eq(names_find(names, name), (long)i);
	}
	ck_assert_int_eq(names_find(names, "user5000@example.org"),
	    NAMES_NONE);
	names_free(names);
}
END_TEST

START_TEST(the_first_number_stays)
{
	struct names *names = names_new();

	names_add(names, "joe", 3);
	names_add(names, "joe", 4);
	names_add(names, "", 5);
	ck_assert_int_eq(names_find(names, "joe"), 3);
	ck_assert_int_eq(names_find(names, ""), 5);
	names_free(names);
	names_free(NULL);
}
END_TEST

UNIT("base/names", finds_what_was_added, the_first_number_stays)
