/*
 * clean.h -- delete from an SQLite file what nobody needs any more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_CLEAN_H
#define STORE_SQLITE_CLEAN_H

#include "store/side.h"

/* As in store/side.h; self is a struct sqlite_db. */
enum store_result sqlite_clean_batch(void *self, struct clean_walk *,
    int64_t deadline_ms);

#endif
