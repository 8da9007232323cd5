/*
 * ldap_link.h -- one connection to a directory: secured, bound, answering.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Functions are link_verb, because libldap has the names that begin with
 * ldap_. Nothing here logs: links are made by a thread (ldap_reconnect.h).
 */
#ifndef DIRECTORY_LDAP_LINK_H
#define DIRECTORY_LDAP_LINK_H

#include "config/ldap_options.h"
#include "directory/ldap_wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
	LDAP *handle;
	struct wire wire;
	const char *uri;	/* the configuration's */
};

/* Room for what went wrong with a few URIs. */
enum { LINK_ERROR_SIZE = 512 };

/*
 * Connect to uri, secure the connection as ldap.tls and ldap.starttls say,
 * bind, and see that searches are answered (by looking at ldap.base), all
 * until the deadline (clock_mono_ms). Once stop_fd (-1: none) is readable, it
 * is given up. On failure return NULL; error tells why, URI included.
 */
struct link *link_open(const struct ldap_options *, const char *uri,
    int64_t deadline_ms, int stop_fd, char *error, size_t size);

/* Say goodbye, as far as that needs no waiting; link_close(NULL) is safe. */
void link_close(struct link *);

/*
 * Wait for the next complete answer, to the operation with this number or to
 * any (LDAP_RES_ANY), until the deadline. Return an answer to be freed with
 * ldap_msgfree; or NULL and a result code: LDAP_TIMEOUT if none came, or
 * what broke the connection.
 */
LDAPMessage *link_wait(struct link *, int operation, int64_t deadline_ms,
    int *code);

#endif
