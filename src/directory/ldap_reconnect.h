/*
 * ldap_reconnect.h -- makes the connection to a directory, in the background.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Name service, connecting, the TLS handshake and the bind each take as long
 * as somebody else pleases. They happen in a thread, which tries the URIs in
 * order until one of them answers, with growing delay, 100 ms to 30 s; so a
 * request waits for them as long as it wants to, and not at all if the
 * directory is known to be away. The thread lives from connector_start to the
 * connection; it does not log, and all signals are blocked in it. Functions
 * are connector_verb.
 */
#ifndef DIRECTORY_LDAP_RECONNECT_H
#define DIRECTORY_LDAP_RECONNECT_H

#include "config/ldap_options.h"
#include "directory/ldap_link.h"

#include <stdbool.h>
#include <stdint.h>

struct connector;

/* After fork. Return NULL, with the cause logged, if it cannot be. */
struct connector *connector_new(const struct ldap_options *);

/*
 * Stop and free. A thread that cannot be stopped (in the name service) is
 * left alone with its memory: the process is about to end.
 */
void connector_free(struct connector *);

/* Begin, unless it has begun: at once, or after the delay it has come to. */
void connector_start(struct connector *, bool at_once);

enum connector_state {
	CONNECTOR_DONE,
	CONNECTOR_TRYING,	/* not one try has come to an end */
	CONNECTOR_FAILED,	/* a try failed (see error); it goes on */
};

/*
 * Wait until the deadline (clock_mono_ms; past: only look) for the connection
 * or for the first failure. A connection is the caller's then.
 */
enum connector_state connector_take(struct connector *, int64_t deadline_ms,
    struct link **, char error[LINK_ERROR_SIZE]);

/* The connection proved good: the next delay is the shortest again. */
void connector_praise(struct connector *);

#endif
