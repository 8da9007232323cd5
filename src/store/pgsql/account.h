/*
 * account.h -- load and save the accounts of a round in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_ACCOUNT_H
#define STORE_PGSQL_ACCOUNT_H

#include "store/round_work.h"

/* As in side.h; self is a struct store_pgsql. */
int pgsql_load(void *self, struct work *const *, size_t count, bool is_read,
    int64_t *now_ms, int64_t deadline_ms);
int pgsql_load_older(void *self, struct work *const *, size_t count,
    int64_t deadline_ms);
int pgsql_load_rows(void *self, struct work *,
    size_t most, int64_t deadline_ms);
int pgsql_save(void *self, struct work *const *, size_t count, int64_t now_ms,
    int64_t deadline_ms);
bool pgsql_may_retry(void *self);
void pgsql_leave(void *self);

#endif
