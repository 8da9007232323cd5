/*
 * test_stats.c -- counters in memory that all processes share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/stats.h"
#include "unit.h"

#include <ctype.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 4, ADDS = 10000 };

START_TEST(names)
{
	for (int i = 0; i < STAT_COUNT; i++) {
		const struct stat_info *info = stats_info((enum statistic)i);

		ck_assert_str_ne(info->help, "");
		for (const char *c = info->name; *c != '\0'; c++)
			ck_assert_msg(islower((unsigned char)*c) || *c == '_',
			    "%s", info->name);
		/* The buckets of a histogram have one name. */
		for (int j = 0; j < i && !info->is_bucket; j++)
			ck_assert_str_ne(info->name,
			    stats_info((enum statistic)j)->name);
	}
	ck_assert(stats_info(STAT_CONNECTIONS_OPEN)->is_gauge);
	ck_assert(!stats_info(STAT_REQUESTS)->is_gauge);
}
END_TEST

/* Two children share each slot, as two generations of workers do. */
START_TEST(children_add_up)
{
	pid_t pids[CHILDREN];

	ck_assert_int_eq(stats_open(CHILDREN / 2), 0);
	for (unsigned i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] > 0)
			continue;
		stats_use(i / 2);
		for (int j = 0; j < ADDS; j++)
			stats_add(STAT_REQUESTS, 1);
		_exit(0);
	}
	for (unsigned i = 0; i < CHILDREN; i++)
		ck_assert_int_eq(waitpid(pids[i], NULL, 0), pids[i]);
	ck_assert_uint_eq(stats_sum(STAT_REQUESTS), CHILDREN * ADDS);
	ck_assert_uint_eq(stats_sum(STAT_BLOCKS), 0);
}
END_TEST

START_TEST(gauges_start_at_zero)
{
	ck_assert_int_eq(stats_open(2), 0);
	stats_use(0);
	stats_set(STAT_CONNECTIONS_OPEN, 5);
	stats_add(STAT_CONNECTIONS, 5);
	stats_use(1);
	stats_set(STAT_CONNECTIONS_OPEN, 2);
	ck_assert_uint_eq(stats_sum(STAT_CONNECTIONS_OPEN), 7);
	/* The process of slot 0 died; another takes its place. */
	stats_use(0);
	ck_assert_uint_eq(stats_sum(STAT_CONNECTIONS_OPEN), 2);
	ck_assert_uint_eq(stats_sum(STAT_CONNECTIONS), 5);
}
END_TEST

START_TEST(counting_before_open_is_harmless)
{
	stats_add(STAT_REQUESTS, 3);
	ck_assert_uint_eq(stats_sum(STAT_REQUESTS), 3);
	ck_assert_int_eq(stats_open(1), 0);
	ck_assert_uint_eq(stats_sum(STAT_REQUESTS), 0);
}
END_TEST

UNIT("base/stats", names, children_add_up, gauges_start_at_zero,
    counting_before_open_is_harmless)
