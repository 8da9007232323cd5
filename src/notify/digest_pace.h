/*
 * digest_pace.h -- how many mails are sent singly, and when the rest as one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PACE_SINGLE_MAX a minute are; beyond that, what there is becomes a digest
 * after a short while, the next ones after longer and longer ones, up to a
 * minute. Pure: the time (monotonic, milliseconds) is passed in.
 */
#ifndef NOTIFY_DIGEST_PACE_H
#define NOTIFY_DIGEST_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	PACE_SINGLE_MAX = 20,
	PACE_FIRST_MS = 1500,
	PACE_MINUTE_MS = 60000,
};

struct pace {
	int64_t sent_ms[PACE_SINGLE_MAX];	/* a ring */
	size_t next;
	unsigned digests;	/* since the last minute that was calm */
	int64_t digest_ms;	/* the next one; 0: none is planned */
};

void pace_init(struct pace *);

/* How many mails may be sent singly now. */
size_t pace_budget(const struct pace *, int64_t now);

/* One was. */
void pace_sent(struct pace *, int64_t now);

/* When the next digest is to be; 0: there is no need for one. */
int64_t pace_digest_ms(struct pace *, int64_t now);

/* There was one, or nothing to be in one. */
void pace_digested(struct pace *);

#endif
