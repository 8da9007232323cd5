/*
 * test_composite.c -- composite values as PostgreSQL writes them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/composite.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *value;
	const char *fields[4];	/* NULL is SQL's NULL */
	size_t count;
	bool is_whole;
} rows[] = {
	{ "(1,2)", { "1", "2" }, 2, true },
	{ "(,)", { NULL, NULL }, 2, true },
	{ "(\"\",x)", { "", "x" }, 2, true },
	{ "(\"a b\",\"a,b\",\"(a)\")", { "a b", "a,b", "(a)" }, 3, true },
	{ "(\"say \"\"no\"\"\",\"back\\\\slash\")",
	    { "say \"no\"", "back\\slash" }, 2, true },
	{ "(1,2)", { "1" }, 1, false },
	{ "(1", { NULL }, 1, false },
	{ "(\"1", { NULL }, 1, false },
	{ "(1,2)x", { "1", "2" }, 2, false },
	{ "1,2", { NULL }, 1, false },
	{ "", { NULL }, 1, false },
};

START_TEST(reads_fields)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct row_reader reader;
		char field[ROW_FIELD_SIZE];

		row_begin(&reader, rows[i].value);
		for (size_t k = 0; k < rows[i].count; k++) {
			bool is_there = row_next(&reader, field);

			ck_assert_msg(is_there == (rows[i].fields[k] != NULL),
			    "%s: field %zu", rows[i].value, k);
			if (is_there)
				ck_assert_str_eq(field, rows[i].fields[k]);
		}
		ck_assert_msg(row_end(&reader) == rows[i].is_whole, "%s",
		    rows[i].value);
	}
}
END_TEST

START_TEST(a_long_field_is_cut)
{
	struct row_reader reader;
	char value[2 * ROW_FIELD_SIZE];
	char field[ROW_FIELD_SIZE];

	memset(value, 'x', sizeof(value));
	value[0] = '(';
	memcpy(value + sizeof(value) - 4, ",7)", 4);
	row_begin(&reader, value);
	ck_assert(row_next(&reader, field));
	ck_assert_uint_eq(strlen(field), ROW_FIELD_SIZE - 1);
	ck_assert(row_next(&reader, field));
	ck_assert_str_eq(field, "7");
	ck_assert(row_end(&reader));
}
END_TEST

UNIT("store/pgsql/composite", reads_fields, a_long_field_is_cut)
