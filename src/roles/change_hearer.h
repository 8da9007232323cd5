/*
 * change_hearer.h -- hears what others change in the store; has it heeded.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A part of the housekeeper: it keeps the memory of blocked accounts, and that
 * of logins that may pass, true to the moment.
 */
#ifndef ROLES_CHANGE_HEARER_H
#define ROLES_CHANGE_HEARER_H

#include "roles/known_blocks.h"
#include "roles/shared_memory.h"
#include "server/poller.h"
#include "store/store.h"

struct hearer {
	struct store *store;
	const struct shared *shared;
	struct known_blocks *blocks;
	struct poller *poller;
	uint32_t memory_ms;
	int fd;			/* that the poller watches; -1: none */
};

void hearer_start(struct hearer *, struct store *, const struct shared *,
    struct known_blocks *, struct poller *, const struct config *);

/* Take what there is. In how many milliseconds to come again, or when the
 * poller reports the hearer. */
int hearer_look(struct hearer *);

#endif
