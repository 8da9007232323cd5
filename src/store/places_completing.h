/*
 * places_completing.h -- places that an account's row has no room for, loaded.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account that is tried from everywhere, and that nothing blocks, must not
 * cost more the longer it lasts. So its older places are counted (see
 * older_places.h) and read one by one only if an answer hangs on counts that
 * may be too great, or now and then. No more networks of an account are
 * remembered than count.most_networks says, and a quarter.
 */
#ifndef STORE_PLACES_COMPLETING_H
#define STORE_PLACES_COMPLETING_H

#include "store/round_work.h"

struct completing {
	const struct store_setup *setup;
	const struct store_side *side;
	void *self;		/* the side's */
};

/* Load what the decisions of works that are loaded need, at most ROUND_WORKS,
 * so that the row and work->older have all that counts. Returns 0, or -1: the
 * store is in trouble. */
int completing_load(const struct completing *, struct work *const *, size_t,
    int64_t now_ms, int64_t deadline_ms);

/* The same for somebody who wants to know, and saves nothing: exactly. */
int completing_read(const struct completing *, struct work *,
    const struct settings *, int64_t now_ms, int64_t deadline_ms);

#endif
