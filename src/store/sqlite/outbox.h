/*
 * outbox.h -- the outbox in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_OUTBOX_H
#define STORE_SQLITE_OUTBOX_H

#include "store/store.h"

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_outbox_take(void *self, const char *channel,
    size_t most, uint32_t lease_s, struct outbox_row **, size_t *,
    int64_t deadline_ms);
enum store_result sqlite_outbox_end(void *self, int64_t id, const char *error,
    int64_t deadline_ms);
enum store_result sqlite_outbox_delay(void *self, int64_t id,
    uint32_t delay_s, bool counts, const char *recipients, const char *error,
    int64_t deadline_ms);

#endif
