/*
 * test_digest_pace.c -- how many mails are sent singly, and when the rest.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/digest_pace.h"

#include "unit.h"

static const int64_t now = 1000000;

START_TEST(test_budget)
{
	struct pace pace;

	pace_init(&pace);
	for (size_t i = 0; i < PACE_SINGLE_MAX; i++) {
		ck_assert_uint_eq(pace_budget(&pace, now + 100),
		    PACE_SINGLE_MAX - i);
		ck_assert_int_eq(pace_digest_ms(&pace, now), 0);
		pace_sent(&pace, now + (int64_t)i);
	}
	ck_assert_uint_eq(pace_budget(&pace, now + 59999), 0);
	ck_assert_uint_eq(pace_budget(&pace, now + 60000), 1);
	ck_assert_uint_eq(pace_budget(&pace, now + 60019), 20);
}
END_TEST

START_TEST(test_digests)
{
	static const int64_t waits_ms[] = { 1500, 3000, 6000, 12000, 24000,
		48000, 60000, 60000 };
	struct pace pace;
	int64_t time = now;

	pace_init(&pace);
	for (size_t i = 0; i < ROWS(waits_ms); i++) {
		/* The pace goes on. */
		for (size_t k = 0; k < PACE_SINGLE_MAX; k++)
			pace_sent(&pace, time);
		ck_assert_int_eq(pace_digest_ms(&pace, time),
		    time + waits_ms[i]);
		/* Once it is planned it stays. */
		ck_assert_int_eq(pace_digest_ms(&pace, time + 1000),
		    time + waits_ms[i]);
		time += waits_ms[i];
		pace_digested(&pace);
	}
	/* A minute of calm, and it is as at first. */
	ck_assert_int_eq(pace_digest_ms(&pace, time + 60000), 0);
	for (size_t k = 0; k < PACE_SINGLE_MAX; k++)
		pace_sent(&pace, time + 60000);
	ck_assert_int_eq(pace_digest_ms(&pace, time + 60000),
	    time + 61500);
}
END_TEST

UNIT("notify/digest_pace", test_budget, test_digests)
