/*
 * forget.h -- delete all that is known of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_FORGET_H
#define STORE_FORGET_H

#include "store/store.h"

/*
 * In one transaction: its row with the history, logins, block, override, hits,
 * notifications, and what the audit trail says of it in detail; that it was
 * forgotten is written there. Servers drop what they have in memory.
 * STORE_NONE: nothing was known.
 */
enum store_result store_forget(struct store *, const char *account,
    int64_t deadline_ms);

#endif
