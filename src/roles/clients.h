/*
 * clients.h -- the connections of one worker.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_CLIENTS_H
#define ROLES_CLIENTS_H

#include "config/config.h"
#include "policy/client_session.h"
#include "server/poller.h"
#include "server/process_seat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clients;
struct client;

/* How many connections there can be: each is a descriptor, and those that the
 * store and others need are never given away. */
uint32_t clients_most(const struct seat *);

/* For `most` connections, which may be fewer than server.max_connections. */
struct clients *clients_new(const struct config *, struct poller *,
    size_t most);
void clients_free(struct clients *);	/* closes what is open */

/* How many are open; is there room for one more? */
size_t clients_count(const struct clients *);
bool clients_are_full(const struct clients *);

/* Take over a connection; its tag in the poller is a struct client. */
void clients_add(struct clients *, int fd);

/*
 * A request that is read from now on is late if it is not taken within
 * patience_us: no time is left then to ask anybody about it.
 */
void clients_expect(struct clients *, int64_t patience_us);

/* Read or write what is possible for one that the poller reported. */
void clients_serve(struct clients *, struct client *);

/*
 * The next client with a request to be answered, in the order they came, or
 * NULL. Each one taken must be given back with clients_answer.
 */
struct client *clients_next(struct clients *);
struct session *clients_session(struct client *);
int64_t clients_late_us(const struct client *);	/* see clients_expect */
bool clients_have_next(const struct clients *);
size_t clients_waiting(const struct clients *);	/* so many */
bool clients_next_is_late(const struct clients *, int64_t now_us);

/* This one cannot be answered yet: it waits a while, and then comes behind
 * those that wait. */
void clients_defer(struct clients *, struct client *);

/* Let those go on that have waited. Returns in how many milliseconds there is
 * more to do, -1: nobody waits. */
int clients_resume(struct clients *);

/* Answer the request of a client. */
void clients_answer(struct clients *, struct client *, const char *action);

/* Of those that are answered from now on; how many of them neither asked again
 * nor left. */
void clients_see_off(struct clients *);
size_t clients_away(const struct clients *);

/*
 * From now on close each connection once its answer is out; those that wait
 * are closed by clients_sweep, at once if they are of a Unix socket, else when
 * they were idle for patience_ms.
 */
void clients_retire(struct clients *, uint32_t patience_ms);

/* Close what was idle for too long: to be called about once a second. */
void clients_sweep(struct clients *);

#endif
