/*
 * test_channel_pace.c -- how fast one way of telling may go.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "notify/channel_pace.h"

#include "unit.h"

static const int64_t now = 1000000;

START_TEST(test_room)
{
	struct channel channel = { .parallel = 4 };

	ck_assert_uint_eq(channel_room(&channel, now), 4);
	channel.running = 3;
	ck_assert_uint_eq(channel_room(&channel, now), 1);
	channel.running = 4;
	ck_assert_uint_eq(channel_room(&channel, now), 0);
}
END_TEST

/* Twice as long each time, to a minute; then one tries. */
START_TEST(test_pauses)
{
	static const uint32_t pauses[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
	struct channel channel = { .parallel = 4 };
	int64_t time = now;

	for (size_t i = 0; i < ROWS(pauses); i++) {
		ck_assert_uint_eq(channel_failed(&channel, time), pauses[i]);
		time += pauses[i] * 1000;
		ck_assert_uint_eq(channel_room(&channel, time - 1), 0);
		ck_assert_int_eq(channel_wake_ms(&channel), time);
		ck_assert_uint_eq(channel_room(&channel, time), 1);
	}
	channel.running = 1;
	ck_assert_uint_eq(channel_room(&channel, time), 0);
	channel_worked(&channel);
	ck_assert_uint_eq(channel_room(&channel, time), 3);
	ck_assert_uint_eq(channel_failed(&channel, time), 1);
}
END_TEST

/* Those that were under way together are one failure. */
START_TEST(test_together)
{
	struct channel channel = { .parallel = 4 };

	ck_assert_uint_eq(channel_failed(&channel, now), 1);
	ck_assert_uint_eq(channel_failed(&channel, now), 1);
	ck_assert_uint_eq(channel_failed(&channel, now + 500), 1);
	ck_assert_uint_eq(channel.failures, 1);
	ck_assert_uint_eq(channel_failed(&channel, now + 1000), 2);
}
END_TEST

UNIT("notify/channel_pace", test_room, test_pauses, test_together)
