/*
 * round.h -- what is asked of the store at one time, account by account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All accounts of a round are loaded in one call, decided in memory, and saved
 * in another. Nobody waits for a lock: a row that somebody else changed
 * meanwhile is not saved, and its account is loaded and decided again. So
 * counting is exact whoever else works on the account, and a row that is
 * locked holds up its own account alone.
 */
#ifndef STORE_ROUND_H
#define STORE_ROUND_H

#include "store/round_work.h"

struct round;

struct round *round_new(const struct store_setup *, const struct store_side *,
    void *self);
void round_free(struct round *);

/* As store_check. */
void round_check(struct round *, struct check *, size_t count,
    int64_t deadline_ms);

/* Works that are no checks: account, kind and what goes with it are filled
 * in, accounts differ. progress and was_blocked tell what became of each. */
void round_play(struct round *, struct work *const *, size_t count,
    int64_t deadline_ms);

/* Load one account, with the logins that `settings` count, and save nothing.
 * The store's overrides are laid over settings. Returns 0 or -1. */
int round_read(struct round *, struct work *, struct settings *,
    int64_t *now_ms, int64_t deadline_ms);

#endif
