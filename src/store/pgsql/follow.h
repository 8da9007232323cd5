/*
 * follow.h -- what follows from decisions, as policyd.save reads it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_FOLLOW_H
#define STORE_PGSQL_FOLLOW_H

#include "store/work.h"

/* A JSON array, one object for each thing to do; to be freed. NULL: nothing
 * follows, as mostly. */
char *follow_json(const struct notify_options *, const struct actor *,
    struct work *const *, size_t count, int64_t now_ms);

#endif
