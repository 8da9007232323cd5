/*
 * histogram.h -- how often each latency was seen, within 1 % of its value.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

/*
 * Every power of two is split into 128 buckets of the same width, so that a
 * bucket is at most 1/128 of its value wide. 2^40 ns are 18 minutes.
 */
enum {
	HISTOGRAM_SPLIT_BITS = 7,
	HISTOGRAM_VALUE_BITS = 40,
	HISTOGRAM_BUCKETS = (HISTOGRAM_VALUE_BITS - HISTOGRAM_SPLIT_BITS + 1)
	    << HISTOGRAM_SPLIT_BITS,
};

/* All zero is an empty one. */
struct histogram {
	uint64_t count;
	uint64_t greatest_ns;
	uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *, uint64_t ns);

/* The least value that at least this share (0 to 1) of all is not above;
 * 0 if there is none. */
uint64_t histogram_quantile_ns(const struct histogram *, double share);

#endif
