/*
 * test_duration.c -- spans of time as they are written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/duration.h"
#include "unit.h"

static const struct {
	const char *text;
	int64_t seconds; /* -1: it is none */
} durations[] = {
	{ "0", 0 }, { "90", 90 }, { "007", 7 }, { "90s", 90 },
	{ "15m", 900 }, { "24h", 86400 }, { "7d", 604800 },
	{ "1w", 604800 }, { "1h30m", 5400 }, { "1m1m", 120 },
	{ "1d0s", 86400 }, { "36600d", INT64_C(36600) * 86400 },
	{ "36601d", -1 }, { "36600d1s", -1 }, { "3162240000", 3162240000 },
	{ "3162240001", -1 }, { "99999999999999999999d", -1 }, { "", -1 },
	{ "s", -1 }, { "d1", -1 }, { "1h30", -1 }, { "-1", -1 },
	{ "+1", -1 }, { " 1", -1 }, { "1 ", -1 }, { "1 h", -1 },
	{ "1x", -1 }, { "1H", -1 }, { "1.5h", -1 }, { "1e3", -1 },
	{ "0x10", -1 }, { "100ms", -1 },
};

START_TEST(durations_read)
{
	for (size_t i = 0; i < ROWS(durations); i++)
		ck_assert_msg(duration_parse(durations[i].text) ==
			durations[i].seconds,
		    "\"%s\": %lld", durations[i].text,
		    (long long)duration_parse(durations[i].text));
}
END_TEST

static const struct {
	int64_t seconds;
	const char *text;
} written[] = {
	{ 0, "0s" }, { 1, "1s" }, { 59, "59s" }, { 60, "1m" },
	{ 90, "90s" }, { 900, "15m" }, { 3600, "1h" }, { 5400, "90m" },
	{ 86400, "24h" }, { 90000, "25h" }, { 172800, "2d" },
	{ 604800, "7d" }, { 86401, "86401s" }, { 2592000, "30d" },
	{ INT64_C(3162240000), "36600d" },
};

START_TEST(durations_written)
{
	for (size_t i = 0; i < ROWS(written); i++) {
		char text[24];

		duration_format(written[i].seconds, text);
		ck_assert_str_eq(text, written[i].text);
		ck_assert_int_eq(duration_parse(text),
		    written[i].seconds);
	}
}
END_TEST

UNIT("base/duration", durations_read, durations_written)
