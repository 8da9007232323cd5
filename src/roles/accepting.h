/*
 * accepting.h -- which of the workers takes a connection that comes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store is asked about many requests together at little more cost than
 * about one: so the first worker takes what comes until it has plenty, then the
 * second, and so on; and when all have, the first again. A worker that is not first in line leaves a connection to
 * who is for a moment, no longer: that one may be busy, or gone.
 */
#ifndef ROLES_ACCEPTING_H
#define ROLES_ACCEPTING_H

#include "roles/clients.h"
#include "server/poller.h"
#include "server/process_seat.h"

struct accepting;

/* How many connections each worker has, in memory that all share; in the order
 * of their seats. NULL with errno set: no memory. */
struct crowd;

struct crowd *crowd_open(void);
void crowd_close(struct crowd *);

/* The connections of a seat, on whose listeners the poller waits from now on,
 * go to clients. The poller tells of itself by tags that accepting_is knows. */
struct accepting *accepting_new(const struct seat *, struct crowd *,
    struct poller *, struct clients *);
void accepting_free(struct accepting *);

bool accepting_is(const struct accepting *, const void *tag);

/* Take what has come there, if it is our turn. */
void accepting_serve(struct accepting *, void *tag);

/* To be called each time round the loop: wait for more, or not for now. */
void accepting_go_on(struct accepting *);

/* How long until then at most. */
int accepting_wait_ms(const struct accepting *);

/* Each second or so: what failed is tried again. */
void accepting_try_again(struct accepting *);

/* No more; but those who have connected are served, if wanted. */
void accepting_end(struct accepting *, bool is_rest_wanted);

#endif
