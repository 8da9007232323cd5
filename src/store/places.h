/*
 * places.h -- count where the logins of an account came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

#include "store/work.h"

/* From when on logins count: those after the result. */
int64_t places_since(const struct account_state *, const struct settings *,
    int64_t now_ms);

/* Count the places, and older logins that are not among them, that were seen
 * after since_ms. */
struct evidence places_count(const struct work *, const struct settings *,
    int64_t since_ms);

#endif
