/*
 * test_json_entries.c -- a long list in JSON, one entry after the other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/json_entries.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *what, *text;
	int count;	/* -1: something is wrong */
} rows[] = {
	{ "an empty list", "{\"data\":[]}", 0 },
	{ "blanks anywhere", " { \"data\" : [ \n] } \n", 0 },
	{ "one entry", "{\"data\":[{\"a\":1}]}", 1 },
	{ "several of any kind", "{\"data\":[1 , \"]\",null,[[]],{}]}", 5 },
	{ "quotes and braces in texts",
	    "{\"data\":[\"\\\"]}\\\\\", {\"}\":\"{\"}]}", 2 },
	{ "others before and behind",
	    "{\"x\":[1],\"data\":[1,2],\"y\":{\"data\":[3]}}", 2 },
	{ "an escaped name", "{\"d\\u0061ta\":[1]}", 1 },
	{ "nothing", "", -1 },
	{ "no object", "[]", -1 },
	{ "an empty object", "{}", -1 },
	{ "no list in it", "{\"x\":[1]}", -1 },
	{ "something else there", "{\"data\":{}}", -1 },
	{ "two lists", "{\"data\":[],\"data\":[]}", -1 },
	{ "no end of the list", "{\"data\":[1", -1 },
	{ "no end of the object", "{\"data\":[1]", -1 },
	{ "no end of a text", "{\"data\":[\"a]}", -1 },
	{ "no end of an entry", "{\"data\":[{]}", -1 },
	{ "a comma too many", "{\"data\":[1,]}", -1 },
	{ "a comma at the end", "{\"data\":[1],}", -1 },
	{ "a comma at the beginning", "{,\"data\":[1]}", -1 },
	{ "no comma", "{\"data\":[1 2]}", -1 },
	{ "no comma between texts", "{\"data\":[\"a\"\"b\"]}", -1 },
	{ "no colon", "{\"data\" [1]}", -1 },
	{ "a name that is none", "{1:[1],\"data\":[]}", -1 },
	{ "the wrong bracket", "{\"data\":[1}]", -1 },
	{ "more behind it", "{\"data\":[1]} {}", -1 },
	{ "the same key twice", "{\"data\":[{\"a\":1,\"a\":2}]}", -1 },
	{ "what is no JSON", "{\"data\":[nul]}", -1 },
	{ "nor in another member", "{\"x\":[}],\"data\":[]}", -1 },
};

START_TEST(takes_them_all_or_says_why)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct entries entries;
		json_t *entry;
		int count = 0;

		entries_begin(&entries, rows[i].text, strlen(rows[i].text),
		    "data");
		while ((entry = entries_next(&entries)) != NULL) {
			json_decref(entry);
			count++;
		}
		ck_assert_msg((entries.why[0] == '\0' ? count : -1) ==
		    rows[i].count, "%s: %d %s", rows[i].what, count,
		    entries.why);
		/* And that does not change. */
		ck_assert_ptr_null(entries_next(&entries));
	}
}
END_TEST

/* What one entry may be, and no more. */
START_TEST(an_entry_has_its_limit)
{
	static const char begin[] = "{\"data\":[\"";
	char *text = malloc(ENTRIES_VALUE_MAX + 100);
	struct entries entries;
	json_t *entry;

	for (size_t more = 0; more < 2; more++) {
		size_t length = ENTRIES_VALUE_MAX - 2 + more;

		strcpy(text, begin);
		memset(text + strlen(begin), 'x', length);
		strcpy(text + strlen(begin) + length, "\"]}");
		entries_begin(&entries, text, strlen(text), "data");
		entry = entries_next(&entries);
		ck_assert_int_eq(entry != NULL, more == 0);
		ck_assert_int_eq(entries.why[0] == '\0', more == 0);
		json_decref(entry);
	}
	free(text);
}
END_TEST

UNIT("admin/json_entries", takes_them_all_or_says_why, an_entry_has_its_limit)
