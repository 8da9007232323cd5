/*
 * listed.h -- all custom settings at once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * There may be very many: they are kept as text, which takes much less than an
 * array of overrides.
 */
#ifndef STORE_LISTED_H
#define STORE_LISTED_H

#include "store/store.h"

struct listed;

struct listed *listed_new(void);
void listed_free(struct listed *);

/* One more, behind the others. Accounts are named once each. */
void listed_add(struct listed *, const struct override *);

/*
 * Make the custom settings these, in this order: all or nothing. An account
 * that has an override keeps what custom settings cannot say, its rates and
 * how long it is valid; one whose settings are the same is not changed. To be
 * called once: what was added is over then, and only to be freed.
 */
enum store_result listed_replace(struct store *, struct listed *,
    int64_t deadline_ms);

#endif
