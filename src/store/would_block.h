/*
 * observed.h -- who would be blocked, and from where the blocked are used.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both are kept for who looks, and decide nothing: the blocks that there would
 * be in observe, until their time would be over; and the logins of blocked
 * accounts, the newest OBSERVED_ATTEMPTS networks of each.
 */
#ifndef STORE_OBSERVED_H
#define STORE_OBSERVED_H

#include "store/noted_queue.h"
#include "store/store.h"

enum { OBSERVED_ATTEMPTS = 64 };

/* Write down what was noted, all or nothing; and forget what is over. */
enum store_result store_tell_notes(struct store *, const struct note *,
    size_t count, int64_t deadline_ms);

/* As store_list_blocked, of those that would be blocked. */
enum store_result store_list_would(struct store *, const char *after,
    size_t most, struct block **, size_t *count, int64_t deadline_ms);

/* How many of them there are. */
enum store_result store_count_would(struct store *, uint64_t *count,
    int64_t deadline_ms);

#endif
