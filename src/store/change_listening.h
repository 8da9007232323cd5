/*
 * change_listening.h -- hear of what others change in the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks, their ends, and overrides: on PostgreSQL by LISTEN and NOTIFY, on a
 * connection of its own; through a pooler, in the shards behind a proxy and in
 * an SQLite file by looking into the table news.
 */
#ifndef STORE_CHANGE_LISTENING_H
#define STORE_CHANGE_LISTENING_H

#include <stdbool.h>
#include <stdint.h>

struct store;

struct store_change {
	enum {
		CHANGE_BLOCK,
		CHANGE_UNBLOCK,
		CHANGE_OVERRIDES,
		CHANGE_MISSED,	/* nobody knows: of all */
	} kind;
	const char *account;	/* of a block, of an unblock */
	int64_t until_ms;	/* of a block; 0: until unblocked */
};

struct listener {
	void (*take)(void *, const struct store_change *);
	void *self;		/* what take gets */
	uint32_t memory_ms;	/* logins are remembered so long; 0: not */
};

struct hearing {
	/* All changes up to a moment ago have been taken, and the store counts
	 * logins so much longer (places_slack); its clock is now_ms. */
	bool is_heard;
	int64_t now_ms;
	bool is_new;		/* from here on: what was before was missed */
	int fd;			/* wakes who waits for it, if not -1 */
	int wait_ms;		/* to be called again by then */
};

/* Look for changes; never waits for long. */
void store_hear(struct store *, const struct listener *, struct hearing *);

#endif
