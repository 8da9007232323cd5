/*
 * flood.h -- how many mails are sent singly, and when the rest is one mail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FLOOD_SINGLE_MAX a minute are; beyond that, what there is becomes a digest
 * after a short while, the next ones after longer and longer ones, up to a
 * minute. Pure: the time (monotonic, milliseconds) is passed in.
 */
#ifndef NOTIFY_FLOOD_H
#define NOTIFY_FLOOD_H

#include <stddef.h>
#include <stdint.h>

enum {
	FLOOD_SINGLE_MAX = 20,
	FLOOD_FIRST_MS = 1500,
	FLOOD_MINUTE_MS = 60000,
};

struct flood {
	int64_t sent_ms[FLOOD_SINGLE_MAX];	/* a ring */
	size_t next;
	unsigned digests;	/* since the last minute that was calm */
	int64_t digest_ms;	/* the next one; 0: none is planned */
};

void flood_init(struct flood *);

/* How many mails may be sent singly now. */
size_t flood_budget(const struct flood *, int64_t now);

/* One was. */
void flood_sent(struct flood *, int64_t now);

/* When the next digest is to be; 0: there is no need for one. */
int64_t flood_digest_ms(struct flood *, int64_t now);

/* There was one, or nothing to be in one. */
void flood_digested(struct flood *);

#endif
