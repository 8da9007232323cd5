/*
 * ldap_wire.h -- the socket under a directory connection, with a deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libldap bounds the wait for an answer, but not that for a TLS handshake or
 * for a full send buffer. So it gets a socket layer of ours (Sockbuf_IO,
 * lber-sockbuf(3)) that waits until a deadline and no longer, whatever libldap
 * or the TLS library are doing above it. Functions are wire_verb.
 */
#ifndef DIRECTORY_LDAP_WIRE_H
#define DIRECTORY_LDAP_WIRE_H

#include <ldap.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
	int fd;			/* -1: not connected */
	int stop_fd;		/* once it is readable, every wait ends; -1 */
	int64_t deadline_ms;	/* clock_mono_ms: no wait goes on after it */
};

/*
 * Connect to the server of a URL (ldap, ldaps, ldapi), trying its addresses
 * one after the other, each with its share of what is left to the deadline.
 * Looking up a host name has no deadline: resolv.conf(5) bounds it. Return 0,
 * or -1 with the cause in error.
 */
int wire_connect(struct wire *, const LDAPURLDesc *, char *error, size_t size);

/*
 * Make a handle that talks through the wire, which must outlive it and is
 * closed by ldap_unbind_ext. NULL: the cause is in error and the wire is as
 * it was.
 */
LDAP *wire_handle(struct wire *, const char *uri, char *error, size_t size);

/* Wait for poll(2) events. Return 0, or -1 with errno: ETIMEDOUT at the
 * deadline, ECANCELED when told to stop. */
int wire_wait(const struct wire *, short events);

void wire_close(struct wire *);

#endif
