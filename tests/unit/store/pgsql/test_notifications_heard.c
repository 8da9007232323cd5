/*
 * test_notifications_heard.c -- what PostgreSQL tells of changes, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/notifications_heard.h"

#include "store/change_listening.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char told[400];

static void
take(void *self, const struct store_change *change)
{
	size_t length = strlen(told);
	const char *account = change->account;

	(void)self;
	snprintf(told + length, sizeof(told) - length, "%d %s %lld;",
	    (int)change->kind, account != NULL ? account : "-",
	    (long long)change->until_ms);
}

static const struct listener listener = { .take = take };

static const struct words {
	const char *what;
	const char *text, *expected;
	int kind;
} words[] = {
	{ "a block until then", "block 123 joe@x.example",
	    "0 joe@x.example 123;", CHANGE_BLOCK },
	{ "a block for ever, of a name with blanks", "block 0 joe and ann",
	    "0 joe and ann 0;", CHANGE_BLOCK },
	{ "its end", "unblock joe", "1 joe 0;", CHANGE_UNBLOCK },
	{ "overrides", "overrides", "2 - 0;", CHANGE_OVERRIDES },
	{ "what was missed", "missed", "3 - 0;", CHANGE_MISSED },
	{ "of a newer version", "renamed joe", "3 - 0;", CHANGE_MISSED },
	{ "nothing", "", "3 - 0;", CHANGE_MISSED },
	{ "a block of nobody", "block 12 ", "3 - 0;", CHANGE_MISSED },
	{ "nor at all", "block 12", "3 - 0;", CHANGE_MISSED },
	{ "one without a time", "block joe", "3 - 0;", CHANGE_MISSED },
	{ "of a time with letters", "block 12x joe", "3 - 0;", CHANGE_MISSED },
	{ "before all times", "block -12 joe", "3 - 0;", CHANGE_MISSED },
	{ "beyond all times", "block 99999999999999999999 joe", "3 - 0;",
	    CHANGE_MISSED },
	{ "an end of nobody's", "unblock ", "3 - 0;", CHANGE_MISSED },
};

START_TEST(changes_are_read)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const struct words *w = &words[i];

		told[0] = '\0';
		ck_assert_int_eq(heard_change(&listener, w->text), w->kind);
		ck_assert_msg(strcmp(told, w->expected) == 0, "%s: %s",
		    w->what, told);
	}
}
END_TEST

/* Rows as policyd.news gives them; a change of NULL is none. */
static PGresult *
make_rows(const char *const rows[][3], int count)
{
	static char names[3][8] = { "mark", "now", "change" };
	PGresAttDesc columns[] = { { .name = names[0] }, { .name = names[1] },
		{ .name = names[2] } };
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

	ck_assert(PQsetResultAttrs(result, 3, columns));
	for (int i = 0; i < count; i++)
		for (int k = 0; k < 3; k++)
			ck_assert(PQsetvalue(result, i, k,
			    (char *)(uintptr_t)rows[i][k],
			    rows[i][k] != NULL ? (int)strlen(rows[i][k]) :
						 -1));
	return result;
}

START_TEST(marks_of_all_databases_are_kept)
{
	static const char *const rows[][3] = {
		{ "a/1/2 100 5:7:6", "100", NULL },
		{ "b/1/2 101 9:9:", "101", "unblock joe" },
		{ "b/1/2 101 9:9:", "101", "overrides" },
		{ "c/1/2 102 3:3:", "102", NULL },
	};
	PGresult *result = make_rows(rows, 4);
	char *marks = NULL;
	bool is_missed = true;

	told[0] = '\0';
	ck_assert_int_eq(heard_news(&listener, result, &marks, &is_missed),
	    100);
	ck_assert(!is_missed);
	ck_assert_str_eq(told, "1 joe 0;2 - 0;");
	ck_assert_str_eq(marks, "{\"a/1/2 100 5:7:6\",\"b/1/2 101 9:9:\","
				"\"c/1/2 102 3:3:\"}");
	PQclear(result);
	free(marks);
}
END_TEST

START_TEST(what_was_missed_is_told)
{
	static const char *const rows[][3] = {
		{ "a 1 5:7:6", "100", NULL },
		{ "b 2 9:9:", "101", "missed" },
	};
	PGresult *result = make_rows(rows, 2);
	char *marks = strdup("{\"old\"}");
	bool is_missed = false;

	heard_news(&listener, result, &marks, &is_missed);
	ck_assert(is_missed);
	ck_assert_str_eq(marks, "{\"a 1 5:7:6\",\"b 2 9:9:\"}");
	PQclear(result);
	free(marks);
}
END_TEST

/* A shard is away: those that are known are asked for again. */
START_TEST(without_rows_nothing_is_known)
{
	PGresult *result = make_rows(NULL, 0);
	char *marks = strdup("{\"old\"}");
	bool is_missed = true;

	ck_assert_int_eq(heard_news(&listener, result, &marks, &is_missed), 0);
	ck_assert(!is_missed);
	ck_assert_str_eq(marks, "{\"old\"}");
	PQclear(result);
	free(marks);
}
END_TEST

UNIT("store/pgsql/notifications_heard", changes_are_read,
    marks_of_all_databases_are_kept, what_was_missed_is_told,
    without_rows_nothing_is_known)
