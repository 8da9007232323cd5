/*
 * warm_up.h -- has the store learned long enough for all rules to speak?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where nothing is known every place is new: a store that was made today would
 * defer and block everybody's mail. Until it has learned for history.warm_up
 * the rules that a history is needed for keep silent (store/detect.h).
 */
#ifndef STORE_WARM_UP_H
#define STORE_WARM_UP_H

#include "store/store.h"

/* Bring setup.is_warm of the store up to date; it is asked once a minute. */
void warm_up_look(struct store *, int64_t deadline_ms);

/* Since when the store knows of accounts. STORE_NONE: it does not tell. */
enum store_result store_learns_since(struct store *, int64_t *since_ms,
    int64_t deadline_ms);

/* What the store knows of accounts reaches back to then, at least. */
enum store_result store_learned_since(struct store *, int64_t since_ms,
    int64_t deadline_ms);

#endif
