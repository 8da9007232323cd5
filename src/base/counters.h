/*
 * counters.h -- counters in memory that all processes of the server share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The master calls counters_open once, before it forks; each process then takes
 * a slot and counts there. A counter is a sum over all slots, so a process
 * that dies loses nothing. Before counters_open counting goes nowhere.
 */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

enum counter {
#define STAT(name, kind, text, help) STAT_##name,
#include "base/counters.def"
#undef STAT
	STAT_COUNT
};

struct counter_info {
	const char *name;
	const char *help;
	bool is_gauge;
	bool is_bucket;		/* of a histogram: not for the log */
	bool is_cause;		/* of CAUSES: "name.cause" */
};

/* Buckets of a histogram: bucket i counts what took up to counters_bucket_us(i)
 * microseconds, the last one what took longer than all others. */
enum { STATS_BUCKETS = 12 };
uint64_t counters_bucket_us(int bucket);

/* Name, kind and help of a counter. */
const struct counter_info *counters_info(enum counter);

/* Make the shared memory. Return 0, or -1 with errno set. */
int counters_open(unsigned slots);

/* Count in this slot from now on; gauges of the slot start at 0. */
void counters_use(unsigned slot);

/* Nobody counts in this slot any more: its gauges go to 0. */
void counters_release(unsigned slot);

void counters_add(enum counter, uint64_t);
void counters_set(enum counter, uint64_t);

/* Count a time in the histogram whose first bucket is given. */
void counters_observe(enum counter first, uint64_t us);

/* The sum over all slots. */
uint64_t counters_sum(enum counter);

/*
 * What was counted since somebody took it last, in whichever process; of
 * several who take at the same time each gets a part. For counters.
 */
uint64_t counters_take(enum counter);

/* Log all of them as one line. */
void counters_log(void);

#endif
