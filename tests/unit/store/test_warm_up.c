/*
 * test_warm_up.c -- since when it learned is known here: is that long enough?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the store itself says of it is tested with the stores (scene_warm_up).
 */
#include "store/warm_up.h"

#include "base/clock.h"
#include "store/side.h"
#include "unit.h"

#define NOW INT64_C(1767225600000)
#define DAY INT64_C(86400000)

static const struct {
	const char *name;
	uint32_t warm_up_s;
	int64_t since_ms;
	bool is_warm;
} rows[] = {
	{ "nobody is to be waited for", 0, NOW, true },
	{ "all but a millisecond of a week", 7 * 86400, NOW - 7 * DAY + 1,
	    false },
	{ "a week", 7 * 86400, NOW - 7 * DAY, true },
	{ "it was set back since", 7 * 86400, NOW + 30 * DAY, false },
};

START_TEST(long_enough)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct history_options options = { rows[i].warm_up_s };
		struct store store = { .setup = { .history = &options,
			.history_since_ms = rows[i].since_ms } };

		clock_set_wall_ms(NOW);
		warm_up_look(&store, 0);
		ck_assert_msg(store.setup.is_warm == rows[i].is_warm, "%s",
		    rows[i].name);
	}
	clock_set_wall_ms(0);
}
END_TEST

START_TEST(what_is_warm_stays_warm)
{
	struct history_options options = { 86400 };
	struct store store = { .setup = { .history = &options,
		.history_since_ms = NOW - DAY } };

	clock_set_wall_ms(NOW);
	warm_up_look(&store, 0);
	ck_assert(store.setup.is_warm);
	clock_set_wall_ms(NOW - 2 * DAY);
	warm_up_look(&store, 0);
	ck_assert(store.setup.is_warm);
	clock_set_wall_ms(0);
}
END_TEST

START_TEST(without_options_nothing_is_asked)
{
	struct store store = { .setup = { .history = NULL } };

	warm_up_look(&store, 0);
	ck_assert(!store.setup.is_warm);
}
END_TEST

UNIT("store/warm_up", long_enough, what_is_warm_stays_warm,
    without_options_nothing_is_asked)
