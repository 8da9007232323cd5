/*
 * save_touch.h -- save accounts of which nothing but rows changes, one by one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PGSQL_SAVE_TOUCH_H
#define STORE_PGSQL_SAVE_TOUCH_H

#include "store/pgsql/pgsql.h"
#include "store/round_work.h"

/* May these be saved so, and is it cheaper than all in one call? */
bool pgsql_may_touch(struct work *const *, size_t count);

/* Save them; those whose rows were as expected are WORK_DONE. 0, or -1. */
int pgsql_touch(struct store_pgsql *, struct work *const *, size_t count,
    int64_t version, int64_t now_ms, int64_t deadline_ms);

/* The parameters that policyd.save and policyd.touch share: the logins that are
 * to be written; p_overrides and p_now. */
void pgsql_add_logins(struct arrays *, struct work *const *, size_t count);
void pgsql_add_expected(struct store_pgsql *, bool is_recalled,
    int64_t now_ms);

#endif
