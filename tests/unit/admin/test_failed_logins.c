/*
 * test_failed_logins.c -- who gave wrong credentials too often.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/failed_logins.h"
#include "unit.h"

#include <stdio.h>

enum { NOW = 1000000 };

START_TEST(some_are_free_then_it_waits)
{
	struct failed_logins *logins = failed_logins_new();

	for (int i = 0; i < FAILED_LOGINS_BURST; i++) {
		ck_assert_int_eq(failed_logins_wait_ms(logins, "a", NOW), 0);
		failed_logins_add(logins, "a", NOW);
	}
	ck_assert_int_eq(failed_logins_wait_ms(logins, "a", NOW),
	    FAILED_LOGINS_EVERY_MS);
	ck_assert_int_eq(failed_logins_wait_ms(logins, "b", NOW), 0);
	/* One more for each that is forgotten. */
	ck_assert_int_eq(failed_logins_wait_ms(logins, "a",
	    NOW + FAILED_LOGINS_EVERY_MS), 0);
	failed_logins_add(logins, "a", NOW + FAILED_LOGINS_EVERY_MS);
	ck_assert_int_gt(failed_logins_wait_ms(logins, "a",
	    NOW + FAILED_LOGINS_EVERY_MS), 0);
	/* After a while it is as if there had been nothing. */
	for (int i = 0; i < FAILED_LOGINS_BURST - 1; i++)
		failed_logins_add(logins, "a", 2 * NOW);
	ck_assert_int_eq(failed_logins_wait_ms(logins, "a", 2 * NOW), 0);
	failed_logins_free(logins);
}
END_TEST

/* Whoever has many addresses does not wash himself clean with them. */
START_TEST(the_worst_are_remembered)
{
	struct failed_logins *logins = failed_logins_new();
	char name[32];

	for (int i = 0; i <= FAILED_LOGINS_BURST; i++)
		failed_logins_add(logins, "worst", NOW);
	for (int i = 0; i < 3 * FAILED_LOGINS_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		failed_logins_add(logins, name, NOW);
	}
	ck_assert_int_gt(failed_logins_wait_ms(logins, "worst", NOW), 0);
	failed_logins_free(logins);
	failed_logins_free(NULL);
}
END_TEST

UNIT("admin/failed_logins", some_are_free_then_it_waits,
    the_worst_are_remembered)
