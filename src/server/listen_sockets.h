/*
 * listen_sockets.h -- the sockets that clients come to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which they are, whom each is for and who may open it is said by endpoints of
 * the configuration. An IPv6 socket takes IPv6 alone, "*" makes one for each;
 * port 0 takes a free one. A host name that has several addresses makes several
 * sockets.
 * Sockets that systemd passes (sd_listen_fds(3)) are adopted: the one bound to
 * the address of an endpoint serves that. One that no endpoint names serves
 * nobody; but a Unix socket serves policy requests if the configuration names
 * nothing for these, its unit's name does not say otherwise, and it was never
 * for anything else.
 */
#ifndef SERVER_LISTEN_SOCKETS_H
#define SERVER_LISTEN_SOCKETS_H

#include "server/serving.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct listener {
	int fd;			/* listening, non-blocking, close-on-exec */
	char *spec;		/* as configured, for messages */
	char *path;		/* of a Unix socket that we made, else NULL */
	bool is_adopted;	/* from systemd: not ours to remove */
	enum endpoint_service service;	/* who serves it */
	bool is_private;	/* as endpoint.is_private */
	bool was_other;		/* it is, or was, for something else than
				 * policy */
	dev_t device;		/* of the file at path, as we made it */
	ino_t inode;
};

struct listeners {
	size_t count;
	struct listener *list;
};

/*
 * Open what the endpoints name. What `old` (NULL at start) has
 * open at the same address is taken over, not opened again; what it adopted is
 * always.
 * A socket file nobody listens on is removed first; one that answers is
 * refused. On failure log each cause, leave `old` as it was and return -1.
 */
int listen_open(struct listeners *, const struct serving *,
    const struct listeners *old);

/* Give the sockets that we made the owner and mode that they should have: for
 * those that were taken over from another configuration. */
void listen_restrict(const struct listeners *, const struct serving *);

/* Close what is in `listeners` and not in `kept` (may be NULL), and remove
 * its socket files unless another server has bound them anew meanwhile. For
 * the master alone; a child closes its copies by seat_close_listeners. */
void listen_close(struct listeners *, const struct listeners *kept);

#endif
