/*
 * delivery_parcel.h -- one delivery: the rows that it tells of, and its errand.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_DELIVERY_PARCEL_H
#define NOTIFY_DELIVERY_PARCEL_H

#include "mail/delivery_errand.h"
#include "notify/addressees.h"
#include "notify/channel_pace.h"
#include "notify/letter.h"

struct parcel {
	struct parcel *next;
	struct channel *channel;
	struct outbox_row *rows;	/* its own */
	size_t count;
	struct addressees to;	/* mail: in the order of the errand's fates */
	struct errand errand;
	bool is_settled;	/* what came of it is written down */
	bool is_called_back;
};

/*
 * Start to tell of rows of one channel, which are the parcel's then: one, or
 * several that are in one digest. NULL: that cannot be, and why says why; the
 * rows stay the caller's.
 */
struct parcel *parcel_start(const struct post_office *, struct channel *,
    struct outbox_row *rows, size_t count, const char **why);

/* Wait for its errand's end and free it. */
void parcel_end(struct parcel *);

#endif
