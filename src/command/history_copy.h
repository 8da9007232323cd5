/*
 * history_copy.h -- carry what a store has learned of accounts to another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_HISTORY_COPY_H
#define COMMAND_HISTORY_COPY_H

#include "store/store.h"

#include <stdint.h>

struct history_copied {
	uint64_t accounts, places;	/* that were read */
	uint64_t news;		/* accounts that the other knew less of */
};

/* Add all histories of one to the other, which may be in use (store_teach).
 * Shows at a terminal how far it is. Returns 0, or -1: a store failed, logged. */
int history_copy(struct store *from, struct store *to,
    struct history_copied *);

#endif
