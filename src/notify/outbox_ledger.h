/*
 * outbox_ledger.h -- write to the outbox how deliveries went.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the store does not take is remembered and written later, in order:
 * nobody is told twice because the store was away.
 */
#ifndef NOTIFY_OUTBOX_LEDGER_H
#define NOTIFY_OUTBOX_LEDGER_H

#include "store/outbox.h"

#include <stdbool.h>

struct ledger {
	struct store *store;
	size_t count;
	struct entry *entries;	/* not written yet */
};

/* Write what was not yet; false: the store is away. */
bool ledger_flush(struct ledger *);
void ledger_clear(struct ledger *);

/* See store_outbox_end and store_outbox_delay. */
void ledger_end(struct ledger *, const struct outbox_row *, const char *error);

struct put_off {
	uint32_t delay_s;
	bool counts;
	const char *recipients, *error;
};
void ledger_delay(struct ledger *, const struct outbox_row *,
    const struct put_off *);

#endif
