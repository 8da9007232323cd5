/*
 * override_list.h -- all custom settings at once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * There may be very many: they are kept as text, which takes much less than an
 * array of overrides.
 */
#ifndef STORE_OVERRIDE_LIST_H
#define STORE_OVERRIDE_LIST_H

#include "store/store.h"

struct override_list;

struct override_list *override_list_new(void);
void override_list_free(struct override_list *);

/* One more, behind the others. Accounts are named once each. */
void override_list_add(struct override_list *, const struct override *);

/*
 * Make the custom settings these, in this order: all or nothing, and for all
 * others at one moment. An account that has an override keeps what custom
 * settings cannot say, its rates and how long it is valid; one whose settings
 * are the same is not changed. Of two lists at one time the later one holds,
 * all of it; what others change meanwhile, one by one, gives way if it is a
 * custom setting, and stays if not. To be called once: what was added is over
 * then, and only to be freed.
 */
enum store_result override_list_replace(struct store *, struct override_list *,
    int64_t deadline_ms);

/* Remove what a list that was broken off left behind; nobody reads it. */
enum store_result override_list_tidy(struct store *, int64_t deadline_ms);

#endif
