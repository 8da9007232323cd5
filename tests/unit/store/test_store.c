/*
 * test_store.c -- what both sides of the store share: trouble.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "store/side.h"
#include "unit.h"

START_TEST(the_delay_doubles_from_100_ms_to_30_s)
{
	static const uint32_t delays[] = { 100, 200, 400, 800, 1600, 3200,
		6400, 12800, 25600, 30000, 30000, 30000 };
	struct trouble trouble = { .is_on = false };

	ck_assert(trouble_may_try(&trouble));
	for (size_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		trouble_begin(&trouble, "gone");
		ck_assert_uint_eq(trouble.delay_ms, delays[i]);
		ck_assert_int_ge(trouble.retry_ms - clock_mono_ms(),
		    (int64_t)delays[i] - 90);
		ck_assert(!trouble_may_try(&trouble));
		ck_assert(trouble_is_deep(&trouble));
	}
}
END_TEST

START_TEST(what_works_now_and_then_is_not_over)
{
	struct trouble trouble = { .is_on = false };

	trouble_begin(&trouble, "gone");
	trouble_begin(&trouble, "gone");
	ck_assert_int_gt(trouble_end(&trouble), 0);
	/* It may be used again, but the end is not logged yet ... */
	ck_assert(trouble.is_on);
	ck_assert(!trouble_is_deep(&trouble));
	ck_assert(trouble_may_try(&trouble));
	/* ... and failing again is the same trouble, and no worse. */
	trouble_begin(&trouble, "gone");
	ck_assert_uint_eq(trouble.delay_ms, 200);
	ck_assert(trouble_is_deep(&trouble));
}
END_TEST

START_TEST(what_has_worked_for_a_second_is_over)
{
	struct trouble trouble = { .is_on = false };

	ck_assert_int_eq(trouble_end(&trouble), -1);
	trouble_begin(&trouble, "gone");
	ck_assert_int_gt(trouble_end(&trouble), 0);
	trouble.good_ms -= 1001;
	ck_assert_int_eq(trouble_end(&trouble), -1);
	ck_assert(!trouble.is_on);
	/* The next trouble begins anew. */
	trouble_begin(&trouble, "gone");
	ck_assert_uint_eq(trouble.delay_ms, 100);
}
END_TEST

START_TEST(trouble_that_needs_no_delay)
{
	struct trouble trouble = { .is_on = false };

	trouble_note(&trouble, "no space left");
	ck_assert(trouble.is_on);
	ck_assert(trouble_may_try(&trouble));
	trouble_begin(&trouble, "gone");
	ck_assert_uint_eq(trouble.delay_ms, 100);
}
END_TEST

UNIT("store/store", the_delay_doubles_from_100_ms_to_30_s,
    what_works_now_and_then_is_not_over, what_has_worked_for_a_second_is_over,
    trouble_that_needs_no_delay)
