/*
 * account.h -- load and save accounts of a round in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One transaction that begins with the write lock: what is loaded cannot
 * change before it is saved.
 */
#ifndef STORE_SQLITE_ACCOUNT_H
#define STORE_SQLITE_ACCOUNT_H

#include "store/round_work.h"

/* As in side.h; self is a struct sqlite_db. */
int sqlite_load(void *self, struct work *const *, size_t count,
    bool is_read, int64_t *now_ms, int64_t deadline_ms);
int sqlite_load_older(void *self, struct work *const *, size_t count,
    int64_t deadline_ms);
int sqlite_load_rows(void *self, struct work *,
    size_t most, int64_t deadline_ms);
int sqlite_save(void *self, struct work *const *, size_t count,
    int64_t now_ms, int64_t deadline_ms);
bool sqlite_may_retry(void *self);
void sqlite_leave(void *self);

#endif
