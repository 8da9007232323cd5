/*
 * owed.h -- mails that passed from memory, and which the store does not have.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The memory counts them, and knows logins by hashes alone: the process that
 * let the first one pass keeps the names. It takes the count to the store when
 * the login may no longer pass, unless a check of the login has done so before;
 * and at its end.
 */
#ifndef STORE_OWED_H
#define STORE_OWED_H

#include "store/memory.h"
#include "store/store.h"

struct owed;

struct owed *owed_new(struct memory *);
void owed_free(struct owed *);

/* No more can be owed: ask the store. */
bool owed_is_full(const struct owed *);

/*
 * Mails of a login are held in memory until due_ms (monotonic); or, with mails,
 * they were taken out of it, and the store could not be asked.
 */
void owed_add(struct owed *, const struct memory_key *, const char *account,
    const struct login *, const struct settings *, int64_t due_ms,
    uint32_t mails, int64_t last_ms);

/* Take to the store what is due, or all; some of it in each call. In how many
 * milliseconds to come again (0: there is more), -1: nothing is owed. */
int owed_pay(struct owed *, struct store *, bool is_all, int64_t deadline_ms);

#endif
