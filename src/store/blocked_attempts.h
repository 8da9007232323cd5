/*
 * blocked_attempts.h -- from where blocked accounts are used.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kept for who looks, and decides nothing: the logins of blocked accounts, the
 * newest BLOCKED_ATTEMPTS networks of each.
 */
#ifndef STORE_BLOCKED_ATTEMPTS_H
#define STORE_BLOCKED_ATTEMPTS_H

#include "store/noted_queue.h"
#include "store/store.h"

enum { BLOCKED_ATTEMPTS = 64 };

/* In a transaction: write down those of the notes that say so, and forget what
 * is over. Return 0, or as query_run. */
int blocked_attempts_write(struct store *, const struct note *, size_t count);

#endif
