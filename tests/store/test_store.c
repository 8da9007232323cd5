/*
 * test_store.c -- both stores answer alike: every case, on SQLite and, if the
 * environment names a server (PGHOST), on PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cases.h"
#include "script.h"
#include "tests.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct store_case *const tables[] = { cases_limits, cases_window,
	cases_settings, cases_blocks, cases_rates, cases_admin, cases_history,
	cases_learning };

/* Case number i of all tables; NULL: there are no more. */
static const struct store_case *
case_at(int i)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct store_case *c = tables[t]; c->name != NULL;
		     c++)
			if (i-- == 0)
				return c;
	return NULL;
}

/* Show where two transcripts part. */
static void
compare(const char *name, const char *one, const char *other)
{
	const char *line = one;

	for (size_t i = 0; one[i] == other[i]; i++) {
		if (one[i] == '\0')
			return;
		if (one[i] == '\n')
			line = one + i + 1;
	}
	other += line - one;
	ck_abort_msg("%s: the stores differ:\n    SQLite:     %.*s\n"
	    "    PostgreSQL: %.*s", name, (int)strcspn(line, "\n"), line,
	    (int)strcspn(other, "\n"), other);
}

START_TEST(test_case)
{
	const struct store_case *c = case_at(_i);
	struct transcript transcripts[SIDES] = { 0 };

	for (int side = 0; side < SIDES; side++) {
		if (!side_exists((enum side_kind)side))
			continue;
		script_run((enum side_kind)side, c->script,
		    &transcripts[side]);
		if (transcripts[side].failure != NULL)
			ck_abort_msg("%s (%s):\n%s", c->name,
			    side_name((enum side_kind)side),
			    transcripts[side].failure);
	}
	if (transcripts[SIDE_PGSQL].text != NULL)
		compare(c->name, transcripts[SIDE_SQLITE].text,
		    transcripts[SIDE_PGSQL].text);
	for (int side = 0; side < SIDES; side++)
		transcript_clear(&transcripts[side]);
}
END_TEST

static int
count_cases(void)
{
	int count = 0;

	while (case_at(count) != NULL)
		count++;
	return count;
}

int
main(void)
{
	Suite *suite = suite_create("store");
	TCase *cases = tcase_create("cases");
	SRunner *runner;
	int failed;

	sides_begin();
	tcase_add_loop_test(cases, test_case, 0, count_cases());
	tcase_set_timeout(cases, 120);
	suite_add_tcase(suite, cases);
	suite_add_tcase(suite, tests_calls());
	suite_add_tcase(suite, tests_model());
	suite_add_tcase(suite, tests_processes());
	/* What is of files alone is the same, whatever is beside them. */
	if (!side_is_proxy(SIDE_PGSQL)) {
		suite_add_tcase(suite, tests_crash());
		suite_add_tcase(suite, tests_file());
		suite_add_tcase(suite, tests_file_shared());
		suite_add_tcase(suite, tests_outage());
	}
	suite_add_tcase(suite, tests_places());
	suite_add_tcase(suite, tests_upgrade());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	sides_end();
	if (!side_exists(SIDE_PGSQL))
		fprintf(stderr, "store: on SQLite alone; run it under "
		    "tests/with_postgres.py to compare with PostgreSQL\n");
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
