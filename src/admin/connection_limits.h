/*
 * connection_limits.h -- how many connections, whose, and for how long.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever waits gives way: when there are too many, of one source (see
 * client_subnet.h) or in all, the one that has been without a request for
 * longest is cut off for the new one. If none waits, some more are let in as
 * spare: they are answered about health, and nothing else.
 */
#ifndef ADMIN_CONNECTION_LIMITS_H
#define ADMIN_CONNECTION_LIMITS_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	VISITS_MAX = 128,
	/* A proxy in front, or a browser, needs some; the rest is for others. */
	VISITS_OF_ONE = 64,
	VISITS_SPARE = 16,
};

enum visit_stage {
	VISIT_FRESH,	/* connected; nothing has come */
	VISIT_IDLE,	/* answered; another request may come */
	VISIT_HEADERS,	/* a request line has come, not all headers */
	VISIT_CALL,	/* a request is under way */
};

struct visit {
	struct visit *next, **self;
	int fd;
	char source[ADDR_TEXT_SIZE];
	enum visit_stage stage;
	int64_t since_ms;	/* in this stage */
	bool is_spare;
	bool is_cut;		/* its end is on the way */
};

struct visits {
	struct visit *first;	/* the newest */
};

/* Somebody connected. */
struct visit *visits_add(struct visits *, int fd, const char *source,
    int64_t now_ms);

/* The connection is closed. */
void visits_remove(struct visit *);

/* What has come of it; it may be NULL. */
void visit_enter(struct visit *, enum visit_stage, int64_t now_ms);

/* Cut off whose time is over; if all shall leave, those that ask for nothing
 * a second after they last did. */
void visits_sweep(struct visits *, bool is_leaving, int64_t now_ms);

#endif
