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
};

/* Name, kind and help of a counter. */
const struct stat_info *stats_info(enum statistic);

/* Make the shared memory. Return 0, or -1 with errno set. */
int stats_open(unsigned slots);

/* Count in this slot from now on; gauges of the slot start at 0. */
void stats_use(unsigned slot);

void stats_add(enum statistic, uint64_t);
void stats_set(enum statistic, uint64_t);

/* The sum over all slots. */
uint64_t stats_sum(enum statistic);

/* Log all of them as one line. */
void stats_log(void);

#endif
