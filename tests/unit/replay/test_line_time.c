/*
 * test_line_time.c -- see replay/line_time.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/line_time.h"

#include "base/clock.h"
#include "unit.h"

#include <stdio.h>
#include <time.h>

static void
set_zone(const char *zone)
{
	ck_assert_int_eq(setenv("TZ", zone, 1), 0);
	tzset();
}

static int64_t
ms_of(const char *text)
{
	int64_t ms;

	ck_assert_msg(clock_parse(text, &ms) == 0, "%s", text);
	return ms;
}

static struct line_clock
clock_before(const char *moment)
{
	struct line_clock clock;

	line_clock_init(&clock, ms_of(moment));
	return clock;
}

/* The line's time is what the moment is, and " rest" stands behind it. */
static void
expect(struct line_clock *clock, const char *line, const char *moment)
{
	char whole[128];
	const char *rest;
	int64_t at_ms = -1;

	snprintf(whole, sizeof(whole), "%s host tag: text", line);
	rest = line_time_read(clock, whole, &at_ms);
	ck_assert_msg(rest != NULL, "%s", line);
	ck_assert_str_eq(rest, " host tag: text");
	ck_assert_msg(at_ms == ms_of(moment), "%s: %lld, not %s", line,
	    (long long)at_ms, moment);
}

START_TEST(dates_with_zones)
{
	static const struct {
		const char *line, *moment;
	} rows[] = {
		{ "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z" },
		{ "2026-01-02 03:04:05Z", "2026-01-02T03:04:05Z" },
		{ "2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678Z" },
		{ "2026-01-02T03:04:05,678Z", "2026-01-02T03:04:05.678Z" },
		{ "2026-01-02T03:04:05.6+01:00", "2026-01-02T02:04:05.6Z" },
		{ "2026-01-02T03:04:05-0330", "2026-01-02T06:34:05Z" },
		{ "2024-02-29T23:59:60Z", "2024-03-01T00:00:00Z" },
		/* Without a zone it is the local clock. */
		{ "2026-01-02T03:04:05", "2026-01-02T02:04:05Z" },
		{ "2026-07-02 03:04:05.5", "2026-07-02T01:04:05.5Z" },
	};

	set_zone("Europe/Berlin");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct line_clock clock = clock_before("2026-12-01T00:00:00Z");

		expect(&clock, rows[i].line, rows[i].moment);
	}
}
END_TEST

START_TEST(what_is_no_time)
{
	static const char *const lines[] = { "", " ", "J", "Jan", "Jan ",
		"Jan  ", "Jan  2", "Jan  2 ", "Jan  2 03:04", "Jan  2 03:04:0",
		"Jan 32 03:04:05", "Jan  0 03:04:05", "Feb 30 03:04:05",
		"Jan  2 24:04:05", "Jan  2 03:60:05", "Jan  2 03:04:61",
		"Jan  2 03:04:05x host", "jan  2 03:04:05", "Jan 2 03:04:05",
		"2026-01-02", "2026-01-02T03:04", "2026-13-02T03:04:05Z",
		"2026-02-29T03:04:05Z", "2026-02-29T03:04:05",
		"2026-00-01T03:04:05", "2026-01-02T25:04:05Z",
		"2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+1:00",
		"1969-01-02T03:04:05Z", "20260102T030405Z", "12345", "x",
		"2026-01-02T03:04:05+99:99 h" };

	set_zone("UTC");
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct line_clock clock = clock_before("2026-12-01T00:00:00Z");
		int64_t at_ms;

		ck_assert_msg(line_time_read(&clock, lines[i], &at_ms) ==
		    NULL, "\"%s\"", lines[i]);
	}
}
END_TEST

START_TEST(a_year_is_inferred_from_the_file)
{
	struct line_clock clock = clock_before("2026-03-05T12:00:00Z");

	set_zone("UTC");
	expect(&clock, "Mar  5 11:59:59", "2026-03-05T11:59:59Z");
	clock = clock_before("2026-03-05T12:00:00Z");
	/* Later than the file: it is a year old. */
	expect(&clock, "Mar  5 12:00:01", "2025-03-05T12:00:01Z");
	expect(&clock, "Mar  6 12:00:00", "2025-03-06T12:00:00Z");
	clock = clock_before("2026-01-01T00:30:00Z");
	expect(&clock, "Dec 31 23:59:59", "2025-12-31T23:59:59Z");
	expect(&clock, "Jan  1 00:00:00", "2026-01-01T00:00:00Z");
	/* One that comes late is of the old year still. */
	expect(&clock, "Dec 31 23:59:58", "2025-12-31T23:59:58Z");
	expect(&clock, "Jan  1 00:00:01", "2026-01-01T00:00:01Z");
}
END_TEST

/* A clock that was wrong for a line, as at a boot: what follows is of the same
 * year as before. */
START_TEST(no_line_is_later_than_the_file)
{
	struct line_clock clock = clock_before("2026-03-05T12:00:00Z");
	int64_t at_ms;

	set_zone("UTC");
	expect(&clock, "Mar  4 10:00:00", "2026-03-04T10:00:00Z");
	expect(&clock, "Jan  1 00:00:10", "2026-01-01T00:00:10Z");
	expect(&clock, "Mar  4 10:01:00", "2026-03-04T10:01:00Z");
	/* That long ago it cannot be meant. */
	ck_assert_ptr_null(line_time_read(&clock, "Jul 31 00:00:00 h",
	    &at_ms));
	expect(&clock, "Mar  4 10:02:00", "2026-03-04T10:02:00Z");
}
END_TEST

START_TEST(leap_days)
{
	struct line_clock clock = clock_before("2026-03-05T12:00:00Z");
	int64_t at_ms;

	set_zone("UTC");
	expect(&clock, "Feb 29 10:00:00", "2024-02-29T10:00:00Z");
	expect(&clock, "Mar  1 10:00:00", "2024-03-01T10:00:00Z");
	clock = clock_before("2026-03-05T12:00:00Z");
	expect(&clock, "Feb 28 10:00:00", "2026-02-28T10:00:00Z");
	/* There is none beside it. */
	ck_assert_ptr_null(line_time_read(&clock, "Feb 29 10:00:00 h",
	    &at_ms));
	expect(&clock, "Mar  1 00:00:00", "2026-03-01T00:00:00Z");
	/* 2100 has no leap day; the one before it is eight years back. */
	clock = clock_before("2103-12-31T00:00:00Z");
	expect(&clock, "Feb 29 10:00:00", "2096-02-29T10:00:00Z");
}
END_TEST

START_TEST(summer_time)
{
	struct line_clock clock = clock_before("2026-12-01T00:00:00Z");

	set_zone("Europe/Berlin");
	expect(&clock, "Mar 29 01:59:59", "2026-03-29T00:59:59Z");
	expect(&clock, "Mar 29 03:00:00", "2026-03-29T01:00:00Z");
	expect(&clock, "Oct 25 01:59:59", "2026-10-24T23:59:59Z");
	/* The hour from two to three comes twice. */
	expect(&clock, "Oct 25 02:00:00", "2026-10-25T00:00:00Z");
	expect(&clock, "Oct 25 02:59:59", "2026-10-25T00:59:59Z");
	expect(&clock, "Oct 25 02:00:00", "2026-10-25T01:00:00Z");
	expect(&clock, "Oct 25 02:30:00", "2026-10-25T01:30:00Z");
	expect(&clock, "Oct 25 03:00:00", "2026-10-25T02:00:00Z");
	clock = clock_before("2026-12-01T00:00:00Z");
	expect(&clock, "2026-10-25T02:59:00", "2026-10-25T00:59:00Z");
	expect(&clock, "2026-10-25T02:01:00", "2026-10-25T01:01:00Z");
}
END_TEST

START_TEST(other_zones)
{
	struct line_clock clock = clock_before("2026-07-01T00:00:00Z");

	set_zone("America/St_Johns");
	expect(&clock, "Jan  2 03:04:05", "2026-01-02T06:34:05Z");
	set_zone("Asia/Kathmandu");
	clock = clock_before("2026-07-01T00:00:00Z");
	expect(&clock, "Jan  2 03:04:05", "2026-01-01T21:19:05Z");
	/* Both ways of writing in one file: a system that was upgraded. */
	expect(&clock, "2026-02-01T00:00:00.5+05:45",
	    "2026-01-31T18:15:00.5Z");
	expect(&clock, "Feb  1 00:00:01", "2026-01-31T18:15:01Z");
}
END_TEST

UNIT("replay/line_time", dates_with_zones, what_is_no_time,
    a_year_is_inferred_from_the_file, no_line_is_later_than_the_file, leap_days, summer_time, other_zones)
