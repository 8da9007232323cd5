/*
 * counters_chronicle.h -- what this host counted, told to the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The counters in shared memory are taken every few seconds, and added to the
 * buckets of the store in one statement; no request waits for it. While the
 * store is away what was counted is kept, minute by minute. Once a minute the
 * store hears how this host is.
 */
#ifndef ROLES_COUNTERS_CHRONICLE_H
#define ROLES_COUNTERS_CHRONICLE_H

#include "server/process_seat.h"
#include "store/decision_counts.h"

/* Minutes kept while the store is away; then the last becomes longer. */
enum { CHRONICLE_MINUTES = 60 };

struct chronicle {
	const struct load *load;
	int64_t geoip_built_s;	/* of the generation's files; 0: none */
	int64_t look_ms, tell_ms;	/* monotonic: when it is due */
	struct decision_bucket kept[CHRONICLE_MINUTES];	/* at_ms: monotonic */
	size_t count;
};

void chronicle_start(struct chronicle *, const struct load *);

/* If it is due, or is_last, take what was counted and tell the store. */
void chronicle_look(struct chronicle *, struct store *, bool is_last,
    int64_t deadline_ms);

/* Keep what was counted up to now_ms (monotonic) with what came in the same
 * minute. Pure, but for where it is kept. */
void chronicle_keep(struct chronicle *, const uint64_t counts[DECIDED_COUNTS],
    int64_t now_ms);

#endif
