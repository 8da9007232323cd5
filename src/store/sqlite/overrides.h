/*
 * overrides.h -- overrides in an SQLite file, read and changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_OVERRIDES_H
#define STORE_SQLITE_OVERRIDES_H

#include "store/store.h"

/* As in store.h; self is a struct sqlite_db. */
enum store_result sqlite_find_override(void *self, const char *account,
    struct stored_override *, int64_t deadline_ms);
enum store_result sqlite_list_overrides(void *self, const char *after,
    size_t most, struct stored_override **, size_t *, int64_t deadline_ms);
enum store_result sqlite_put_override(void *self, struct stored_override *,
    int64_t expected, int64_t deadline_ms);
enum store_result sqlite_delete_override(void *self, const char *account,
    bool listed_only, int64_t expected, int64_t deadline_ms);
enum store_result sqlite_replace_listed(void *self,
    const struct stored_override *, size_t, int64_t deadline_ms);

#endif
