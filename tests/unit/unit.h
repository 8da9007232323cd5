/*
 * unit.h -- the main of a unit test: its tests, run, and how they ended.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A test program is its START_TESTs and one line at the end:
 *   UNIT("config/yaml", test_one, test_two)
 * or, with what is done before and after each of them,
 *   UNIT_BETWEEN("config/yaml", set_up, tear_down, test_one, test_two)
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* What standard error was, and how many files were open, when a test began. */
static struct stat unit_log;
static unsigned unit_files_before;

static bool
unit_is(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* How many files are open, but for what standard error is or was: the log may
 * have opened that anew. */
static unsigned
unit_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	struct stat log, file;
	unsigned count = 0;

	ck_assert_ptr_nonnull(dir);
	ck_assert_int_eq(fstat(STDERR_FILENO, &log), 0);
	while ((entry = readdir(dir)) != NULL) {
		int fd = atoi(entry->d_name);

		if (fd > STDERR_FILENO && fd != dirfd(dir) &&
		    fstat(fd, &file) == 0)
			count += !unit_is(&file, &log) &&
			    !unit_is(&file, &unit_log);
	}
	closedir(dir);
	return count;
}

static void
unit_begin(void)
{
	ck_assert_int_eq(fstat(STDERR_FILENO, &unit_log), 0);
	unit_files_before = unit_files();
}

/* A test leaves no file open. */
static void
unit_end(void)
{
	ck_assert_uint_eq(unit_files(), unit_files_before);
}

static inline void
unit_nothing(void)
{
}

struct unit {
	const char *name;
	void (*set_up)(void), (*tear_down)(void);
	const TTest *const *tests;
	size_t count;
};

static int
unit_run(const struct unit *unit)
{
	Suite *suite = suite_create(unit->name);
	TCase *tcase = tcase_create(unit->name);
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < unit->count; i++)
		tcase_add_test(tcase, unit->tests[i]);
	tcase_add_checked_fixture(tcase, unit_begin, unit_end);
	tcase_add_checked_fixture(tcase, unit->set_up, unit->tear_down);
	/* Generous: the machine may be busy, valgrind is slow. */
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_BETWEEN(name, set_up, tear_down, ...)                             \
	int main(void)                                                         \
	{                                                                      \
		const TTest *const tests[] = { __VA_ARGS__ };                  \
		const struct unit unit = { name, set_up, tear_down, tests,     \
			sizeof(tests) / sizeof(tests[0]) };                    \
		return unit_run(&unit);                                        \
	}
#define UNIT(name, ...)                                                        \
	UNIT_BETWEEN(name, unit_nothing, unit_nothing, __VA_ARGS__)

/* How many rows a table has. */
#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#endif
