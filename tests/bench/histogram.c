/*
 * histogram.c -- how often each latency was seen, within 1 % of its value.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "histogram.h"

#define SPLIT (1U << HISTOGRAM_SPLIT_BITS)

/*
 * Values below SPLIT have a bucket each. Above, the leading bit tells the row
 * of SPLIT buckets and the bits that follow it the bucket in the row.
 */
static unsigned
bucket_of(uint64_t ns)
{
	unsigned shift = 0;

	if (ns >> HISTOGRAM_VALUE_BITS != 0)
		return HISTOGRAM_BUCKETS - 1;
	while (ns >> shift >= 2 * SPLIT)
		shift++;
	return shift * SPLIT + (unsigned)(ns >> shift);
}

static uint64_t
upper_edge_ns(unsigned bucket)
{
	unsigned shift = bucket < 2 * SPLIT ? 0 : bucket / SPLIT - 1;

	return (((uint64_t)bucket - shift * SPLIT + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, uint64_t ns)
{
	h->buckets[bucket_of(ns)]++;
	h->count++;
	if (ns > h->greatest_ns)
		h->greatest_ns = ns;
}

uint64_t
histogram_quantile_ns(const struct histogram *h, double share)
{
	uint64_t seen = 0;

	if (h->count == 0)
		return 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if ((double)seen >= share * (double)h->count) {
			uint64_t edge = upper_edge_ns(i);

			return edge < h->greatest_ns ? edge : h->greatest_ns;
		}
	}
	return h->greatest_ns;
}
