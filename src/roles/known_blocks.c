/*
 * known_blocks.c -- who is blocked, kept at hand for when the store is away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/known_blocks.h"

#include "base/clock.h"
#include "store/blocked_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	EVERY_MS = 10000,
	/* After a failure: how often the store is tried is its own affair. */
	RETRY_MS = 1000,
	PAGE = 1000,
	/* How long a page may take. */
	PATIENCE_MS = 3000,
	/* The disk is not written to more often; and of the time, writing
	 * takes a twentieth at most. */
	WRITE_MS = 1000,
	WRITE_SHARE = 20,
};

void
known_blocks_start(struct known_blocks *known, struct blocked *blocked,
    const struct config *config)
{
	*known = (struct known_blocks){ .blocked = blocked,
		.config = config, .written = blocked_changes(blocked) };
}

/* Add a page of blocks; was it the last one? */
static bool
take(struct known_blocks *known, struct block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		blocked_add(known->blocked, blocks[i].account,
		    blocks[i].until_ms);
		if (i + 1 == count)
			snprintf(known->after, sizeof(known->after), "%s",
			    blocks[i].account);
		block_clear(&blocks[i]);
	}
	known->seen += count;
	return count < PAGE || known->seen >= BLOCKED_MAX;
}

int
known_blocks_step(struct known_blocks *known, struct store *store)
{
	struct block *blocks = NULL;
	size_t count;

	if (clock_left_ms(known->list_ms) > 0)
		return clock_left_ms(known->list_ms);
	if (!known->is_under_way) {
		known->is_under_way = true;
		known->after[0] = '\0';
		known->seen = 0;
		blocked_begin(known->blocked);
	}
	if (store_list_blocked(store, known->after, PAGE, &blocks, &count,
		clock_mono_ms() + PATIENCE_MS) != STORE_DONE) {
		/* The old ones stay, too; it begins anew. */
		known->is_under_way = false;
		known->list_ms = clock_mono_ms() + RETRY_MS;
		return RETRY_MS;
	}
	known->is_under_way = !take(known, blocks, count);
	free(blocks);
	if (known->is_under_way)
		return 0;
	blocked_end(known->blocked);
	known->list_ms = clock_mono_ms() + EVERY_MS;
	return EVERY_MS;
}

void
known_blocks_hurry(struct known_blocks *known)
{
	known->is_under_way = false;
	known->list_ms = 0;
}

void
known_blocks_write(struct known_blocks *known, bool is_last)
{
	const char *path = known->config->server.state;
	uint32_t changes = blocked_changes(known->blocked);
	int64_t began = clock_mono_ms();

	if (path[0] == '\0' || changes == known->written ||
	    known->is_under_way || (!is_last && began < known->write_ms))
		return;
	if (blocked_file_write(known->blocked, path,
		known->config->store.url) == 0)
		known->written = changes;
	else
		log_limited(&known->limit, LOG_LEVEL_WARNING,
		    "server.state: %s cannot be written: %s; after a restart "
		    "without the store nobody would be known to be blocked",
		    path, strerror(errno));
	known->write_ms = clock_mono_ms() + WRITE_MS +
	    (clock_mono_ms() - began) * WRITE_SHARE;
}
