/*
 * poller.h -- wait for many descriptors at once (epoll(7)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Level-triggered: what is not dealt with is reported again. SIGTERM, blocked
 * otherwise, is let in only while waiting.
 */
#ifndef SERVER_POLLER_H
#define SERVER_POLLER_H

#include <stdbool.h>
#include <stddef.h>

struct poller;

enum interest {
	INTEREST_NONE,		/* only errors and hang-ups */
	INTEREST_READ,
	INTEREST_WRITE,
};

/* NULL with errno set if there are no descriptors left. */
struct poller *poller_new(void);
void poller_free(struct poller *);

/* Watch a descriptor; tag is what poller_wait reports. 0, or -1 with errno. */
int poller_add(struct poller *, int fd, enum interest, void *tag);
int poller_change(struct poller *, int fd, enum interest, void *tag);
void poller_remove(struct poller *, int fd);

/*
 * Wait up to timeout_ms (-1: no limit). Writes the tags of what is ready, at
 * most `most`, and returns how many; 0 also for a signal.
 */
size_t poller_wait(struct poller *, void **tags, size_t most, int timeout_ms);

/* Catch SIGTERM; poller_is_told returns whether it has come. */
void poller_catch_term(void);
bool poller_is_told(void);

#endif
