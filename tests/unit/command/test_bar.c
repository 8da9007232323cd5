/*
 * test_bar.c -- a share, drawn.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/bar.h"
#include "unit.h"

#include <string.h>

#define FULL "\xe2\x96\x88"
#define HALF "\xe2\x96\x8c"
#define EIGHTH "\xe2\x96\x8f"

static const struct {
	const char *what;
	uint64_t value, whole;
	const char *utf8, *ascii;
} rows[] = {
	{ "nothing", 0, 10, "", "" },
	{ "all of it", 10, 10, FULL FULL FULL FULL, "####" },
	{ "half of it", 5, 10, FULL FULL, "##" },
	{ "three eighths", 3, 8, FULL HALF, "##" },
	{ "little is not nothing", 1, 1000000, EIGHTH, "#" },
	{ "more than all is all", 11, 10, FULL FULL FULL FULL, "####" },
	{ "of nothing", 0, 0, "", "" },
};

START_TEST(bars_are_as_long_as_the_share)
{
	const struct terminal utf8 = { .has_utf8 = true };
	const struct terminal ascii = { .has_utf8 = false };
	char text[BAR_SIZE];

	for (size_t i = 0; i < ROWS(rows); i++) {
		ck_assert_msg(strcmp(bar_draw(&utf8, rows[i].value,
			rows[i].whole, 4, text), rows[i].utf8) == 0,
		    "%s: %s", rows[i].what, text);
		ck_assert_msg(strcmp(bar_draw(&ascii, rows[i].value,
			rows[i].whole, 4, text), rows[i].ascii) == 0,
		    "%s: %s", rows[i].what, text);
	}
	bar_draw(&utf8, 7, 7, 1000, text);
	ck_assert_uint_eq(strlen(text), 3 * BAR_CELLS);
}
END_TEST

UNIT("command/bar", bars_are_as_long_as_the_share)
