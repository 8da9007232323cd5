/*
 * known_blocks.h -- who is blocked, kept at hand for when the store is away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list is taken from the store page by page, one in each step, so that a
 * store that is slow holds up nothing else; and written to server.state
 * whenever it has changed.
 */
#ifndef ROLES_KNOWN_BLOCKS_H
#define ROLES_KNOWN_BLOCKS_H

#include "config/config.h"
#include "directory/account_name.h"
#include "store/blocked.h"
#include "store/store.h"

struct known_blocks {
	struct blocked *blocked;
	const struct config *config;
	bool is_under_way;
	char after[ACCOUNT_SIZE];	/* where the next page begins */
	size_t seen;
	int64_t list_ms;	/* when the next step or list is due */
	uint32_t written;	/* blocked_changes of what is in the file */
	int64_t write_ms;	/* when it may be written again */
	struct log_limit limit;
};

void known_blocks_start(struct known_blocks *, struct blocked *,
    const struct config *);

/* Take a page, if it is time. In how many milliseconds to come again. */
int known_blocks_step(struct known_blocks *, struct store *);

/* The list may be another one: take it now. */
void known_blocks_hurry(struct known_blocks *);

/* Write the file, if it is time or is_last. */
void known_blocks_write(struct known_blocks *, bool is_last);

#endif
