/*
 * test_when.c -- times as people read them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/when.h"
#include "unit.h"

#include <time.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct {
	int64_t ms;
	const char *text;
} spans[] = {
	{ 0, "0 s" },
	{ 59 * SECOND + 999, "59 s" },
	{ 119 * SECOND, "119 s" },
	{ 2 * MINUTE, "2 min" },
	{ 119 * MINUTE, "119 min" },
	{ 2 * HOUR, "2 h" },
	{ 47 * HOUR, "47 h" },
	{ 2 * DAY, "2 days" },
	{ 500 * DAY, "500 days" },
	{ 900 * DAY, "2 years" },
};

START_TEST(spans_have_one_unit)
{
	char text[WHEN_SIZE];

	for (size_t i = 0; i < ROWS(spans); i++)
		ck_assert_str_eq(when_span(spans[i].ms, text),
		    spans[i].text);
}
END_TEST

START_TEST(before_and_after)
{
	char text[WHEN_SIZE];

	ck_assert_str_eq(when_ago(DAY - 3 * HOUR, DAY, text), "3 h ago");
	ck_assert_str_eq(when_ago(DAY + 5 * MINUTE, DAY, text), "in 5 min");
	ck_assert_str_eq(when_ago(DAY + 1, DAY, text), "now");
}
END_TEST

START_TEST(the_local_time_zone)
{
	char text[WHEN_SIZE];

	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	ck_assert_str_eq(when_local(INT64_C(1773144000000), text),
	    "2026-03-10 13:00:00 CET");
}
END_TEST

UNIT("command/when", spans_have_one_unit, before_and_after,
    the_local_time_zone)
