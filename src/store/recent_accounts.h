/*
 * recent_accounts.h -- accounts as they were saved last, in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table that all processes of the server share. Who asks for an account that
 * is in it need not load its row: what follows is saved only if the row has
 * the version that is in memory still, so an entry may be old, but it cannot
 * do harm. Nothing is locked: an entry that is written while it is read does
 * not match its sum, and is none. Bounded: of the entries of a bucket the one
 * that was not asked for longest gives way.
 */
#ifndef STORE_RECENT_ACCOUNTS_H
#define STORE_RECENT_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct recent;
struct account_state;

/* Before the processes are forked. NULL with errno set if there is no memory. */
struct recent *recent_open(void);
void recent_close(struct recent *);

/*
 * What was kept of an account that has no override in the store, as of that
 * revision of all overrides; or false. at_ms: the store's time when the state
 * was decided.
 */
bool recent_find(struct recent *, const char *account,
    struct account_state *, int64_t *overrides, int64_t *at_ms);

/* Keep a state that the store has now, unless it is too large. */
void recent_keep(struct recent *, const char *account,
    const struct account_state *, int64_t overrides, int64_t at_ms);

/* The row is another one than the entry with this version says. */
void recent_drop(struct recent *, const char *account, int64_t version);

#endif
