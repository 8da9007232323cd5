/*
 * settle_or_retry.h -- what becomes of rows whose delivery has ended.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NOTIFY_SETTLE_OR_RETRY_H
#define NOTIFY_SETTLE_OR_RETRY_H

#include "notify/delivery_parcel.h"
#include "notify/outbox_ledger.h"

/*
 * All that the errand has to tell is known: write it down, log what an
 * administrator should know, and let its channel go on or pause. now is
 * monotonic.
 */
void settle_parcel(struct ledger *, struct parcel *, int64_t now);

/* It cannot be told. */
void settle_give_up(struct ledger *, const struct outbox_row *,
    const char *why);

#endif
