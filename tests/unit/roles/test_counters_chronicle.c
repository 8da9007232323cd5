/*
 * test_counters_chronicle.c -- what is kept while the store is away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/counters_chronicle.h"
#include "unit.h"

#include <string.h>

enum { MINUTE_MS = 60000 };

START_TEST(minutes_are_kept_apart)
{
	static const int64_t times[] = { 1000, 59999, 60000, 119999, 300000 };
	static const uint64_t kept[] = { 3, 7, 5 };
	static struct chronicle chronicle;
	uint64_t counts[DECIDED_COUNTS] = { 0 };

	for (size_t i = 0; i < ROWS(times); i++) {
		counts[DECIDED_BLOCKED] = i + 1;
		chronicle_keep(&chronicle, counts, times[i]);
	}
	ck_assert_uint_eq(chronicle.count, ROWS(kept));
	for (size_t i = 0; i < ROWS(kept); i++)
		ck_assert_uint_eq(chronicle.kept[i].counts[DECIDED_BLOCKED],
		    kept[i]);
}
END_TEST

START_TEST(of_too_many_none_is_lost)
{
	static struct chronicle chronicle;
	uint64_t counts[DECIDED_COUNTS] = { [DECIDED_PASSED] = 1 };
	uint64_t sum = 0;

	for (int i = 0; i < 3 * CHRONICLE_MINUTES; i++)
		chronicle_keep(&chronicle, counts, (int64_t)i * MINUTE_MS);
	ck_assert_uint_eq(chronicle.count, CHRONICLE_MINUTES);
	for (size_t i = 0; i < chronicle.count; i++)
		sum += chronicle.kept[i].counts[DECIDED_PASSED];
	ck_assert_uint_eq(sum, 3 * CHRONICLE_MINUTES);
}
END_TEST

UNIT("roles/counters_chronicle", minutes_are_kept_apart,
    of_too_many_none_is_lost)
