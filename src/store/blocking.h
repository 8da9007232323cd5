/*
 * blocking.h -- begin and end the block of an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_BLOCKING_H
#define STORE_BLOCKING_H

#include "store/round_work.h"

/*
 * Begin a block, in place of the one that holds. duration_s 0: until
 * unblocked. Returns the change, for the caller to say why.
 */
struct block_change *blocking_begin(struct work *, uint32_t duration_s,
    int64_t now_ms);

/* End it, and start a fresh count from then on. What an event tells of places
 * is counted by these settings. */
void blocking_end(struct work *, const struct settings *, int64_t at_ms);

/* Nothing counts that was before at_ms; 0: all does. */
void blocking_afresh(struct work *, int64_t at_ms);

/* A block whose beginning lies in the future was made by a clock that was
 * ahead: it begins now. */
void blocking_clamp(struct work *, int64_t now_ms);

/* Do what a work that is no check asks. */
void blocking_apply(struct work *, const struct settings *, int64_t now_ms);

#endif
