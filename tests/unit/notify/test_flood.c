/*
 * test_flood.c -- how many mails are sent singly, and when the rest is one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/flood.h"

#include "unit.h"

static const int64_t now = 1000000;

START_TEST(test_budget)
{
	struct flood flood;

	flood_init(&flood);
	for (size_t i = 0; i < FLOOD_SINGLE_MAX; i++) {
		ck_assert_uint_eq(flood_budget(&flood, now + 100),
		    FLOOD_SINGLE_MAX - i);
		ck_assert_int_eq(flood_digest_ms(&flood, now), 0);
		flood_sent(&flood, now + (int64_t)i);
	}
	ck_assert_uint_eq(flood_budget(&flood, now + 59999), 0);
	ck_assert_uint_eq(flood_budget(&flood, now + 60000), 1);
	ck_assert_uint_eq(flood_budget(&flood, now + 60019), 20);
}
END_TEST

START_TEST(test_digests)
{
	static const int64_t waits_ms[] = { 1500, 3000, 6000, 12000, 24000,
		48000, 60000, 60000 };
	struct flood flood;
	int64_t time = now;

	flood_init(&flood);
	for (size_t i = 0; i < ROWS(waits_ms); i++) {
		/* The flood goes on. */
		for (size_t k = 0; k < FLOOD_SINGLE_MAX; k++)
			flood_sent(&flood, time);
		ck_assert_int_eq(flood_digest_ms(&flood, time),
		    time + waits_ms[i]);
		/* Once it is planned it stays. */
		ck_assert_int_eq(flood_digest_ms(&flood, time + 1000),
		    time + waits_ms[i]);
		time += waits_ms[i];
		flood_digested(&flood);
	}
	/* A minute of calm, and it is as at first. */
	ck_assert_int_eq(flood_digest_ms(&flood, time + 60000), 0);
	for (size_t k = 0; k < FLOOD_SINGLE_MAX; k++)
		flood_sent(&flood, time + 60000);
	ck_assert_int_eq(flood_digest_ms(&flood, time + 60000),
	    time + 61500);
}
END_TEST

UNIT("notify/flood", test_budget, test_digests)
