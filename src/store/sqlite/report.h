/*
 * report.h -- turns, and what is reported, in an SQLite file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_REPORT_H
#define STORE_SQLITE_REPORT_H

#include "store/store.h"

/* As in store.h and store_side.h; self is a struct sqlite_db. */
enum store_result sqlite_take_turn(void *self, const char *name,
    const char *owner, uint32_t lease_s, int64_t deadline_ms);
void sqlite_leave_turn(void *self, const char *name, const char *owner,
    int64_t deadline_ms);
enum store_result sqlite_hits(void *self, size_t most, struct hit **,
    size_t *, int64_t deadline_ms);
enum store_result sqlite_reported(void *self, const struct hit *, size_t,
    int64_t deadline_ms);

#endif
