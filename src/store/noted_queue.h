/*
 * noted_queue.h -- what workers note in passing, for the housekeeper to tell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A queue in memory that all processes of the server share. A worker neither
 * waits for it nor asks the store: a note is copied, or, if the queue is full,
 * lost. The same of the same account and network is noted once a minute.
 */
#ifndef STORE_NOTED_QUEUE_H
#define STORE_NOTED_QUEUE_H

#include "store/finding.h"

#include <stddef.h>

enum note_kind {
	NOTE_ATTEMPT,	/* a blocked account was used from somewhere */
	NOTE_WOULD,	/* in observe: it would have been blocked */
};

enum { NOTE_ACCOUNT_SIZE = 336, NOTED_MAX = 1024, NOTE_QUIET_S = 60 };

struct note {
	enum note_kind kind;
	char account[NOTE_ACCOUNT_SIZE];
	struct addr client, network;
	char country[3];
	uint32_t asn;
	int64_t at_ms;		/* monotonic */
	enum cause cause;	/* of NOTE_WOULD, and these */
	uint32_t found, limit, per_s, duration_s;
};

struct noted;

/* Before the processes are forked. NULL with errno set if there is no memory. */
struct noted *noted_open(void);
void noted_close(struct noted *);

/* Note it, unless it was a short while ago. */
void noted_add(struct noted *, const struct note *);

/* Take out the oldest notes; how many. */
size_t noted_take(struct noted *, struct note *list, size_t most);

#endif
