/*
 * test_cleaning.c -- how many rows the next batch has.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/cleaning.h"
#include "unit.h"

static const struct {
	const char *what;
	unsigned rows;
	int64_t took_us;
	unsigned most, next;
} paces[] = {
	{ "what takes 10 ms stays", 300, 10000, 1000, 300 },
	{ "what is quick grows, to twice as much at once", 100, 100, 1000,
	    200 },
	{ "a little quicker, a little more", 300, 8000, 1000, 375 },
	{ "never beyond the most", 800, 1000, 1000, 1000 },
	{ "what is slow shrinks at once", 1000, 50000, 1000, 200 },
	{ "but not to nothing", 100, 60000000, 1000, 10 },
	{ "unless no more is wanted", 3, 60000000, 3, 3 },
	{ "a clock that stood still", 100, 0, 1000, 200 },
	{ "a batch of one stays one", 1, 10, 1, 1 },
};

START_TEST(pace)
{
	for (size_t i = 0; i < ROWS(paces); i++) {
		unsigned next = cleaning_pace(paces[i].rows, paces[i].took_us,
		    paces[i].most);

		ck_assert_msg(next == paces[i].next, "%s: %u, not %u",
		    paces[i].what, next, paces[i].next);
	}
}
END_TEST

UNIT("store/cleaning", pace)
