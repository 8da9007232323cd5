/*
 * report_hits.h -- who reached which limit or rate since the last report.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_REPORT_HITS_H
#define STORE_REPORT_HITS_H

#include "store/store.h"

struct hit {
	char *account;
	enum cause cause;
	uint32_t limit, per_s;
	uint64_t times;
	int64_t first_ms, last_ms;
};
void hit_clear(struct hit *);

/* The caller clears each and frees the array; the most frequent first. */
enum store_result store_hits(struct store *, size_t most, struct hit **hits,
    size_t *count, int64_t deadline_ms);

/* These were reported: forget them, but not what was counted meanwhile. */
enum store_result store_reported(struct store *, const struct hit *hits,
    size_t count, int64_t deadline_ms);

#endif
