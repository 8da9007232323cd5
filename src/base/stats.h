/*
 * stats.h -- counters in memory that all processes of the server share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master calls stats_open once, before it forks; each process then takes
 * a slot and counts there. A counter is a sum over all slots, so a process
 * that dies loses nothing. Before stats_open counting goes nowhere.
 */
#ifndef BASE_STATS_H
#define BASE_STATS_H

#include <stdbool.h>
#include <stdint.h>

enum statistic {
#define STAT(name, kind, text, help) STAT_##name,
#include "base/stats.def"
#undef STAT
	STAT_COUNT
};

struct stat_info {
	const char *name;
	const char *help;
	bool is_gauge;
	bool is_bucket;		/* of a histogram: not for the log */
};

/* Buckets of a histogram: bucket i counts what took up to stats_bucket_us(i)
 * microseconds, the last one what took longer than all others. */
enum { STATS_BUCKETS = 12 };
uint64_t stats_bucket_us(int bucket);

/* Name, kind and help of a counter. */
const struct stat_info *stats_info(enum statistic);

/* Make the shared memory. Return 0, or -1 with errno set. */
int stats_open(unsigned slots);

/* Count in this slot from now on; gauges of the slot start at 0. */
void stats_use(unsigned slot);

void stats_add(enum statistic, uint64_t);
void stats_set(enum statistic, uint64_t);

/* Count a time in the histogram whose first bucket is given. */
void stats_observe(enum statistic first, uint64_t us);

/* The sum over all slots. */
uint64_t stats_sum(enum statistic);

/* Log all of them as one line. */
void stats_log(void);

#endif
