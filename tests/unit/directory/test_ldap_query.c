/*
 * test_ldap_query.c -- the filter of a question to a directory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/ldap_query.h"
#include "unit.h"

#include <string.h>

START_TEST(filter)
{
	static const struct {
		const char *claim, *filter, *name, *expected;
	} rows[] = {
		{ "the name is put in", "(mail=%s)", "joe@d", "(mail=joe@d)" },
		{ "every time", "(|(a=%s)(b=%s))", "x", "(|(a=x)(b=x))" },
		{ "a star is no wildcard", "(a=%s)", "*", "(a=\\2A)" },
		{ "parentheses are none", "(a=%s)", "*)(uid=*",
		    "(a=\\2A\\29\\28uid=\\2A)" },
		{ "a backslash escapes nothing", "(a=%s)", "\\2a",
		    "(a=\\5C2a)" },
		{ "a name is no filter", "(a=%s)", "%s", "(a=%s)" },
		{ "what the filter escapes stays", "(&(b=\\2a)(a=%s))", "x",
		    "(&(b=\\2a)(a=x))" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char buffer[256];

		ck_assert_int_eq(query_filter(rows[i].filter, rows[i].name,
				     buffer, sizeof(buffer)),
		    0);
		ck_assert_msg(strcmp(buffer, rows[i].expected) == 0, "%s: %s",
		    rows[i].claim, buffer);
	}
}
END_TEST

START_TEST(room)
{
	char name[ACCOUNT_SIZE];
	char buffer[sizeof("(a=)") + (size_t)3 * (ACCOUNT_SIZE - 1)];

	memset(name, '*', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(query_filter("(a=%s)", name, buffer, sizeof(buffer)),
	    0);
	ck_assert_uint_eq(strlen(buffer), sizeof(buffer) - 1);
	ck_assert_int_eq(
	    query_filter("(a=%s)", name, buffer, sizeof(buffer) - 1), -1);
}
END_TEST

UNIT("directory/ldap_query", filter, room)
