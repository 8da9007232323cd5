/*
 * memory_owed.h -- mails that passed from memory, unknown to the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The memory counts them, and knows logins by hashes alone: the process that
 * let the first one pass keeps the names. It takes the count to the store when
 * the login may no longer pass, unless a check of the login has done so before;
 * and at its end.
 */
#ifndef STORE_MEMORY_OWED_H
#define STORE_MEMORY_OWED_H

#include "store/memory.h"
#include "store/store.h"

struct owed;

struct owed *owed_new(struct memory *);
void owed_free(struct owed *);

/* No more can be owed: ask the store. */
bool owed_is_full(const struct owed *);

/*
 * Mails of a login are held in memory until due_ms (monotonic), or are owed
 * already. If a check of the login that took some out of it failed, those are
 * owed as well.
 */
void owed_add(struct owed *, const struct memory_key *, const struct check *,
    int64_t due_ms);

/*
 * The mail of a check that failed passed, and may be counted: it is owed by its
 * instance, or if it has none by the check's mark, and is due at once.
 */
void owed_add_mail(struct owed *, const struct memory_key *,
    const struct check *);

/* In how many milliseconds something is due, -1: nothing is owed. */
int owed_wait_ms(const struct owed *);

/*
 * Some of what is due, or of all, as checks for the store: taken out of memory,
 * and off the list until owed_settle. Returns how many there are; whose mails
 * have been counted already are none.
 */
enum { OWED_BATCH = 64 };
struct owed_batch {
	size_t count;
	struct debt *debts[OWED_BATCH];
	struct check checks[OWED_BATCH];
};
size_t owed_collect(struct owed *, struct owed_batch *, bool is_all);

/* store_check was called for them: what failed is due again in again_ms.
 * Returns whether nothing did. */
bool owed_settle(struct owed *, struct owed_batch *, int64_t again_ms);

#endif
