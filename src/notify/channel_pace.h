/*
 * channel_pace.h -- how fast one way of telling may go.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each way (mail, account, exec, webhook) has a queue of its own, so that none
 * waits for another. While its target is down one delivery at a time tries
 * whether it is back, after a pause that grows. Pure: the time (monotonic,
 * milliseconds) is passed in.
 */
#ifndef NOTIFY_CHANNEL_PACE_H
#define NOTIFY_CHANNEL_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	CHANNEL_FIRST_PAUSE_S = 1,
	/* Nobody waits longer for one that is back. */
	CHANNEL_LONGEST_PAUSE_S = 60,
};

struct channel {
	const char *name;
	unsigned parallel;	/* deliveries at once */
	unsigned running;
	unsigned failures;	/* in a row */
	int64_t paused_ms;	/* nothing is started before */
	int64_t look_ms;	/* when to look for more */
};

/* How many may be started now. */
unsigned channel_room(const struct channel *, int64_t now);

/* When there may be something to do again, if nothing ends before. */
int64_t channel_wake_ms(const struct channel *);

/* Its target is down; in how many seconds it is tried again. */
uint32_t channel_failed(struct channel *, int64_t now);

/* It is there. */
void channel_worked(struct channel *);

#endif
