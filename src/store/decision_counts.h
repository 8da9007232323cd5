/*
 * decision_counts.h -- how many requests got which verdict, by time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each host adds what it counted to buckets of a minute, an hour and a day;
 * they are read as sums over all hosts. Old buckets go when new ones come.
 */
#ifndef STORE_DECISION_COUNTS_H
#define STORE_DECISION_COUNTS_H

#include "base/counters.h"
#include "store/store.h"

/* What is counted: the columns of the table, in its order. */
enum decided {
	DECIDED_PASSED,
	DECIDED_EXEMPT,
	DECIDED_BLOCKED,
	DECIDED_OVER_LIMIT,
	DECIDED_OVER_RATE,
	DECIDED_DEFERRED,
	DECIDED_ERRORS,
	DECIDED_US,	/* microseconds that all of them took */
	DECIDED_TIMES,	/* the first bucket of the histogram of times */
	DECIDED_COUNTS = DECIDED_TIMES + STATS_BUCKETS,
	DECIDED_VERDICTS = DECIDED_US,
};

/* The counter that each is the sum of; its name is that of the column, but
 * for the histogram. */
enum counter decisions_counter(int column);

struct decision_bucket {
	/* Written: counted so long ago. Read: when the time began, ms. */
	int64_t ago_s, at_ms;
	uint64_t counts[DECIDED_COUNTS];
};

/* Add what this host counted, all or nothing. */
enum store_result store_add_decisions(struct store *,
    const struct decision_bucket *, size_t count, int64_t deadline_ms);

/* Spans that can be asked for: of the last so many seconds, in steps. */
struct decisions_span {
	const char *name;	/* "1h"; NULL behind the last */
	uint32_t length_s, step_s;
	uint32_t bucket_s;	/* the buckets that steps are made of */
};
extern const struct decisions_span decisions_spans[];

/* The steps of a span in which there was anything, in order; the caller frees
 * the array. now_ms: the store's clock. */
enum store_result store_decisions(struct store *,
    const struct decisions_span *, struct decision_bucket **, size_t *count,
    int64_t *now_ms, int64_t deadline_ms);

#endif
