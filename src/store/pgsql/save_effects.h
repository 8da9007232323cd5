/*
 * save_effects.h -- what follows from decisions, as policyd.save reads it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_SAVE_EFFECTS_H
#define STORE_PGSQL_SAVE_EFFECTS_H

#include "store/round_work.h"

/* Does anything follow, beside what the rows of the account and of its logins
 * become? */
bool follow_is_due(const struct work *);

/* A JSON array, one object for each thing to do; to be freed. NULL: nothing
 * follows, as mostly. */
char *follow_json(const struct notify_options *, const struct actor *,
    struct work *const *, size_t count, int64_t now_ms);

#endif
