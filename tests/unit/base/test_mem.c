/*
 * test_mem.c -- memory that is never NULL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/mem.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

START_TEST(new_memory_is_zero)
{
	char *bytes = mem_new(1000, 1);
	void *none = mem_new(0, 8);

	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(bytes[i], 0);
	ck_assert_ptr_nonnull(none);
	free(bytes);
	free(none);
}
END_TEST

START_TEST(grown_memory_keeps_what_it_has)
{
	int *numbers = mem_grow(NULL, 1, sizeof(*numbers));

	numbers[0] = 42;
	numbers = mem_grow(numbers, 100000, sizeof(*numbers));
	ck_assert_int_eq(numbers[0], 42);
	numbers = mem_grow(numbers, 0, sizeof(*numbers));
	ck_assert_ptr_nonnull(numbers);
	free(numbers);
}
END_TEST

START_TEST(copies)
{
	char *copy = mem_dup("text");
	char *part = mem_dup_n("text", 2);
	char *none = mem_dup_n("text", 0);
	char *printed = mem_printf("%s-%05d", "x", 42);

	ck_assert_str_eq(copy, "text");
	ck_assert_str_eq(part, "te");
	ck_assert_str_eq(none, "");
	ck_assert_str_eq(printed, "x-00042");
	ck_assert_ptr_null(mem_dup(NULL));
	free(copy);
	free(part);
	free(none);
	free(printed);
}
END_TEST

/* Run by check in a process of its own, which must exit like this. */
START_TEST(no_memory_ends_the_process)
{
	mem_grow(NULL, SIZE_MAX / 2, 4);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base/mem");
	TCase *tcase = tcase_create("base/mem");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, new_memory_is_zero);
	tcase_add_test(tcase, grown_memory_keeps_what_it_has);
	tcase_add_test(tcase, copies);
	tcase_add_exit_test(tcase, no_memory_ends_the_process, EX_OSERR);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
