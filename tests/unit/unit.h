/*
 * unit.h -- the main of a unit test: its tests, run, and how they ended.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A test program is its START_TESTs and one line at the end:
 *   UNIT("config/yaml", test_one, test_two)
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Make a file, named by a template of mkstemp(3), with this text in it. */
static inline void
unit_write(char *path, const char *text)
{
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static int
unit_run(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	/* Generous: the machine may be busy, valgrind is slow. */
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT(name, ...)                                                        \
	int main(void)                                                         \
	{                                                                      \
		const TTest *const tests[] = { __VA_ARGS__ };                  \
		return unit_run(name, tests,                                   \
		    sizeof(tests) / sizeof(tests[0]));                         \
	}

/* How many rows a table has. */
#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#endif
