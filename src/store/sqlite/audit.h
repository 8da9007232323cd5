/*
 * audit.h -- the audit trail in an SQLite file, and what to count.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_AUDIT_H
#define STORE_SQLITE_AUDIT_H

#include "store/sqlite/connection.h"

/* Write a change down, within the transaction that makes it; nothing if
 * nobody is known to make it. detail is JSON. */
int audit_add(struct sqlite_db *, const char *action, const char *subject,
    const char *detail);

/* The same of a block by hand. */
int audit_block(struct sqlite_db *, const char *account, uint32_t duration_s,
    const char *note);

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_note_change(void *self, const char *action,
    const char *subject, const char *detail, int64_t deadline_ms);
enum store_result sqlite_list_changes(void *self, int64_t before, size_t most,
    struct change **, size_t *, int64_t deadline_ms);
enum store_result sqlite_count(void *self, struct totals *,
    int64_t deadline_ms);

#endif
