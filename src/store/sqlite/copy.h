/*
 * copy.h -- carry what an SQLite file holds to another store and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_COPY_H
#define STORE_SQLITE_COPY_H

#include "store/store.h"

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_load_accounts(void *self,
    const struct saved_account *, size_t, int64_t deadline_ms);
enum store_result sqlite_load_logins(void *self, const struct saved_login *,
    size_t, int64_t deadline_ms);

#endif
