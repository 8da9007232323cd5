/*
 * generation.h -- all processes that were started with one load.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When something is to be done is said by restarts.h, what by the master.
 */
#ifndef SERVER_GENERATION_H
#define SERVER_GENERATION_H

#include "server/master.h"
#include "server/restarts.h"

#include <stdint.h>

/* One process; the post of the same number tells the rest. */
struct member {
	int fd;		/* our end of the pair (process_seat.h); -1: nobody */
	unsigned slot;	/* of the counters */
};

struct generation {
	struct generation *older;
	unsigned number;
	struct load *load;
	struct listeners listeners;	/* none once it is retired */
	size_t role_count;
	struct role roles[ROLES_MAX];
	struct restarts roster;
	struct member *members;
};

/* A generation on trial, of which nobody runs yet; takes the load and the
 * listeners. */
struct generation *generation_new(const struct service *, unsigned number,
    struct load *, struct listeners *, int64_t now);

/* Free it with its load and what listeners it has. */
void generation_free(struct generation *, const struct service *);

struct member *generation_member(const struct generation *,
    const struct post *);
const char *generation_role(const struct generation *, const struct post *);

/* Listen to a process that said something: that it is up, nothing else. */
void generation_hear(struct generation *, struct post *);

/* Tell all processes to retire, to stop; or kill them. */
void generation_retire(struct generation *, int64_t now);
void generation_stop(struct generation *, int64_t now);
void generation_kill(struct generation *, int64_t now);

#endif
