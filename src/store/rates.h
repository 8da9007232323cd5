/*
 * rates.h -- sliding windows of mails: a ring of sub-buckets for each rule.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: the time is passed in, nothing is stored. A rule {mails, per_s} keeps
 * the running sub-bucket and the 12 before it, each a twelfth of per_s long
 * (rounded up to a microsecond). They cover any window of per_s whole, so
 * never more than `mails` get through in one, and a mail is forgotten at most
 * one sub-bucket late.
 */
#ifndef STORE_RATES_H
#define STORE_RATES_H

#include "config/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RATE_SUMS = 13,			/* the running one and 12 before it */
	RATE_RING_BYTES = 4 + 8 + 4 * RATE_SUMS,
	RATE_RINGS_BYTES = RATE_RING_BYTES * RATE_RULES_MAX,
};

struct rate_ring {
	uint32_t per_s;			/* the rule it belongs to */
	int64_t newest;			/* number of the running sub-bucket */
	uint32_t sums[RATE_SUMS];	/* newest first */
};

/* What is remembered of an account; all zero: nothing. */
struct rate_rings {
	size_t count;
	struct rate_ring list[RATE_RULES_MAX];
};

/*
 * Would `weight` more mails at now_ms break a rule? If not, add them to every
 * rule and return 0; rings of rules that are gone are dropped. Otherwise add
 * nothing, write the mails of its window to used and return the number of the
 * first broken rule, from 1.
 */
size_t rates_ask(struct rate_rings *, const struct rates *, uint32_t weight,
    int64_t now_ms, uint64_t *used);

/* Rings of a clock that was ahead and was set back: what they hold was counted
 * just now. Returns whether there was one. */
bool rates_clamp(struct rate_rings *, int64_t now_ms);

/* The mails that the rule with this per_s remembers at now_ms. */
uint64_t rates_used(const struct rate_rings *, uint32_t per_s,
    int64_t now_ms);

/* Write the rings as bytes that any machine reads back; returns how many. */
size_t rates_pack(const struct rate_rings *, uint8_t bytes[RATE_RINGS_BYTES]);

/* Read what rates_pack wrote. Bytes that it did not write leave no rings. */
void rates_unpack(struct rate_rings *, const uint8_t *bytes, size_t length);

#endif
