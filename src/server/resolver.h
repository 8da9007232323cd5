/*
 * resolver.h -- the addresses of endpoints, asked for beside the master.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A resolver that is dead keeps whoever asks it waiting for many seconds, and
 * while it waits the master would replace nobody and hear no signal. So a
 * process of its own asks; the answers come by memory that both share.
 */
#ifndef SERVER_RESOLVER_H
#define SERVER_RESOLVER_H

#include "server/socket_address.h"

#include <sys/types.h>

/* Of one endpoint. */
struct resolver_answer {
	size_t count;		/* 0: none, or not answered */
	struct address list[ADDRESSES_MAX];
};

/* Must anybody be asked: is there a name among them? */
bool resolver_is_needed(const struct endpoints *);

/*
 * Ask. Return the process, whose end means that all is answered, and the
 * answers in the order of the endpoints; or -1 with errno set.
 */
pid_t resolver_start(const struct endpoints *, struct resolver_answer **);

/*
 * Wait for its end, while nobody is served yet: TERM and INT are heard, see
 * signals.h. Returns false if one of these came; a resolver that takes longer
 * than half a minute is ended, and has not answered.
 */
bool resolver_wait(pid_t);

/* Give the answers up. */
void resolver_free(struct resolver_answer *, size_t count);

#endif
