/*
 * test_clock.c -- what time it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "unit.h"

#include <limits.h>
#include <string.h>
#include <time.h>

START_TEST(the_wall_clock_can_be_set)
{
	int64_t mono = clock_mono_ms();

	ck_assert(!clock_is_set());
	clock_set_wall_ms(1000);
	ck_assert(clock_is_set());
	ck_assert_int_eq(clock_wall_ms(), 1000);
	/* The other goes on. */
	ck_assert_int_ge(clock_mono_ms(), mono);
	ck_assert_int_lt(clock_mono_ms(), mono + 60000);
	clock_set_wall_ms(0);
	ck_assert(!clock_is_set());
	ck_assert_int_ge(clock_wall_ms() / 1000, (int64_t)time(NULL) - 60);
	ck_assert_int_le(clock_wall_ms() / 1000, (int64_t)time(NULL) + 60);
}
END_TEST

START_TEST(deadlines)
{
	int64_t now = clock_mono_ms();

	ck_assert_int_eq(clock_left_ms(now - 1), 0);
	ck_assert_int_eq(clock_left_ms(now), 0);
	ck_assert_int_eq(clock_left_ms(INT64_MIN / 2), 0);
	ck_assert_int_gt(clock_left_ms(now + 60000), 0);
	ck_assert_int_le(clock_left_ms(now + 60000), 60000);
	ck_assert_int_eq(clock_left_ms(INT64_MAX), INT_MAX);
}
END_TEST

START_TEST(the_units_agree)
{
	int64_t before = clock_mono_ms();
	int64_t us = clock_mono_us();
	int64_t after = clock_mono_ms();

	ck_assert_int_ge(us / 1000, before);
	ck_assert_int_le(us / 1000, after);
}
END_TEST

static const struct {
	int64_t ms;
	const char *text;
} rows[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ 999, "1970-01-01T00:00:00Z" },
	{ 951782400000, "2000-02-29T00:00:00Z" },
	{ 1769860800000, "2026-01-31T12:00:00Z" },
	{ 253402300799999, "9999-12-31T23:59:59Z" },
	/* What does not fit is no time. */
	{ INT64_MAX, "-" },
};

START_TEST(formats)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[24];

		clock_format(rows[i].ms, text);
		ck_assert_str_eq(text, rows[i].text);
		if (rows[i].ms != INT64_MAX) {
			char day[CLOCK_DAY_SIZE];

			text[strlen("2026-01-31")] = '\0';
			ck_assert_str_eq(clock_format_day(rows[i].ms, day),
			    text);
		}
	}
}
END_TEST

static const struct {
	const char *text;
	int64_t ms;	/* -1: it is no time */
} times[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2026-01-31T12:00:00Z", 1769860800000 },
	{ "2026-01-31t12:00:00z", 1769860800000 },
	{ "2026-01-31 12:00:00Z", 1769860800000 },
	{ "2026-01-31T12:00:00.25Z", 1769860800250 },
	{ "2026-01-31T12:00:00.123456789Z", 1769860800123 },
	{ "2026-01-31T13:00:00+01:00", 1769860800000 },
	{ "2026-01-31T06:30:00-05:30", 1769860800000 },
	{ "2000-02-29T00:00:00Z", 951782400000 },
	{ "2100-03-01T00:00:00Z", 4107542400000 },
	{ "9999-12-31T23:59:59Z", 253402300799000 },
	{ "2100-02-29T00:00:00Z", -1 },
	{ "2026-02-29T00:00:00Z", -1 },
	{ "2026-00-01T00:00:00Z", -1 },
	{ "2026-13-01T00:00:00Z", -1 },
	{ "2026-01-32T00:00:00Z", -1 },
	{ "2026-01-00T00:00:00Z", -1 },
	{ "2026-01-01T24:00:00Z", -1 },
	{ "2026-01-01T00:60:00Z", -1 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "1970-01-01T00:59:59+01:00", -1 },
	{ "9999-12-31T23:59:59-00:01", -1 },
	{ "2026-01-01T00:00:00", -1 },
	{ "2026-01-01T00:00:00.Z", -1 },
	{ "2026-01-01T00:00:00+1:00", -1 },
	{ "2026-01-01T00:00:00+01:00x", -1 },
	{ "2026-01-01T00:00:00+01:-1", -1 },
	{ "2026-01-01T00:00:00Zulu", -1 },
	{ "2026-01-01", -1 },
	{ " 2026-01-01T00:00:00Z", -1 },
	{ "", -1 },
};

START_TEST(parses)
{
	for (size_t i = 0; i < ROWS(times); i++) {
		int64_t ms = -1;
		int result = clock_parse(times[i].text, &ms);

		ck_assert_msg(result == (times[i].ms < 0 ? -1 : 0), "%s",
		    times[i].text);
		if (result == 0)
			ck_assert_msg(ms == times[i].ms, "%s", times[i].text);
	}
}
END_TEST

UNIT("base/clock", the_wall_clock_can_be_set, deadlines, the_units_agree,
    formats, parses)
