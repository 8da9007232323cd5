/*
 * would_block.h -- who would be blocked, were the mode not observe.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kept for who looks, and decides nothing: the blocks that there would be,
 * until their time would be over.
 */
#ifndef STORE_WOULD_BLOCK_H
#define STORE_WOULD_BLOCK_H

#include "store/noted_queue.h"
#include "store/store.h"

/* In a transaction: write down those of the notes that say so, and forget what
 * is over. Return 0, or as query_run. */
int would_block_write(struct store *, const struct note *, size_t count);

/* As store_list_blocked, of those that would be blocked. */
enum store_result store_list_would(struct store *, const char *after,
    size_t most, struct block **, size_t *count, int64_t deadline_ms);

/* How many of them there are. */
enum store_result store_count_would(struct store *, uint64_t *count,
    int64_t deadline_ms);

#endif
