/*
 * test_counters.c -- counters in memory that all processes share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/counters.h"
#include "unit.h"

#include <ctype.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 4, ADDS = 10000 };

START_TEST(names)
{
	for (int i = 0; i < STAT_COUNT; i++) {
		const struct counter_info *info = counters_info((enum counter)i);

		if (info->is_bucket)
			continue; /* one of many of the same name */
		ck_assert_str_ne(info->help, "");
		for (const char *c = info->name; *c != '\0'; c++)
			ck_assert_msg(islower((unsigned char)*c) || *c == '_' ||
			    (*c == '.' && info->is_cause), "%s", info->name);
		/* The buckets of a histogram have one name. */
		for (int j = 0; j < i && !info->is_bucket; j++)
			ck_assert_str_ne(info->name,
			    counters_info((enum counter)j)->name);
	}
	ck_assert(counters_info(STAT_CONNECTIONS_OPEN)->is_gauge);
	ck_assert(!counters_info(STAT_REQUESTS)->is_gauge);
}
END_TEST

/* Two children share each slot, as two generations of workers do. */
START_TEST(children_add_up)
{
	pid_t pids[CHILDREN];

	ck_assert_int_eq(counters_open(CHILDREN / 2), 0);
	for (unsigned i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] > 0)
			continue;
		counters_use(i / 2);
		for (int j = 0; j < ADDS; j++)
			counters_add(STAT_REQUESTS, 1);
		_exit(0);
	}
	for (unsigned i = 0; i < CHILDREN; i++)
		ck_assert_int_eq(waitpid(pids[i], NULL, 0), pids[i]);
	ck_assert_uint_eq(counters_sum(STAT_REQUESTS), CHILDREN * ADDS);
	ck_assert_uint_eq(counters_sum(STAT_BLOCKS), 0);
}
END_TEST

START_TEST(gauges_start_at_zero)
{
	ck_assert_int_eq(counters_open(2), 0);
	counters_use(0);
	counters_set(STAT_CONNECTIONS_OPEN, 5);
	counters_add(STAT_CONNECTIONS, 5);
	counters_use(1);
	counters_set(STAT_CONNECTIONS_OPEN, 2);
	ck_assert_uint_eq(counters_sum(STAT_CONNECTIONS_OPEN), 7);
	/* The process of slot 0 died; another takes its place. */
	counters_use(0);
	ck_assert_uint_eq(counters_sum(STAT_CONNECTIONS_OPEN), 2);
	ck_assert_uint_eq(counters_sum(STAT_CONNECTIONS), 5);
	/* The one of slot 1 died, and nobody else forgets what he set. */
	counters_set(STAT_CONNECTIONS_OPEN, 4);
	counters_release(1);
	ck_assert_uint_eq(counters_sum(STAT_CONNECTIONS_OPEN), 4);
}
END_TEST

START_TEST(counting_before_open_is_harmless)
{
	counters_add(STAT_REQUESTS, 3);
	ck_assert_uint_eq(counters_sum(STAT_REQUESTS), 3);
	ck_assert_int_eq(counters_open(1), 0);
	ck_assert_uint_eq(counters_sum(STAT_REQUESTS), 0);
}
END_TEST

static const struct {
	const char *what;
	uint64_t us;
	int bucket;
} times[] = {
	{ "no time at all", 0, 0 },
	{ "a bound is within its bucket", 250, 0 },
	{ "what is longer is in the next", 251, 1 },
	{ "two and a half seconds", 2500000, STATS_BUCKETS - 2 },
	{ "longer than all bounds", 2500001, STATS_BUCKETS - 1 },
	{ "longer than anybody waits", UINT64_MAX, STATS_BUCKETS - 1 },
};

START_TEST(times_go_to_their_buckets)
{
	for (size_t i = 0; i < ROWS(times); i++) {
		enum counter stat = (enum counter)(
		    (int)STAT_STORE_TIME_0 + times[i].bucket);
		uint64_t before = counters_sum(stat);

		counters_observe(STAT_STORE_TIME_0, times[i].us);
		ck_assert_msg(counters_sum(stat) == before + 1, "%s",
		    times[i].what);
	}
	for (int i = 1; i < STATS_BUCKETS; i++)
		ck_assert_uint_lt(counters_bucket_us(i - 1), counters_bucket_us(i));
	ck_assert_int_eq(STAT_STORE_TIME_11 - STAT_STORE_TIME_0,
	    STATS_BUCKETS - 1);
}
END_TEST

/* Several take while others count: each count is taken once. */
START_TEST(what_is_taken_is_taken_once)
{
	uint64_t total = 0, part;
	pid_t pids[CHILDREN];
	int ends[2];

	ck_assert_int_eq(counters_open(CHILDREN), 0);
	ck_assert_uint_eq(counters_take(STAT_PASSED), 0);
	ck_assert_int_eq(pipe(ends), 0);
	for (unsigned i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		ck_assert_int_ge(pids[i], 0);
		if (pids[i] > 0)
			continue;
		counters_use(i);
		part = 0;
		for (int j = 0; j < ADDS; j++) {
			counters_add(STAT_PASSED, 1);
			part += counters_take(STAT_PASSED);
		}
		_exit(write(ends[1], &part, sizeof(part)) != sizeof(part));
	}
	for (unsigned i = 0; i < CHILDREN; i++) {
		int status;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(read(ends[0], &part, sizeof(part)),
		    sizeof(part));
		total += part;
	}
	total += counters_take(STAT_PASSED);
	ck_assert_uint_eq(total, CHILDREN * ADDS);
	ck_assert_uint_eq(counters_take(STAT_PASSED), 0);
	ck_assert_uint_eq(counters_sum(STAT_PASSED), CHILDREN * ADDS);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

UNIT("base/counters", names, children_add_up, gauges_start_at_zero,
    counting_before_open_is_harmless,
    times_go_to_their_buckets, what_is_taken_is_taken_once)
