/*
 * hostport.h -- where a server listens: "unix:/path" or "host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_HOSTPORT_H
#define CONFIG_HOSTPORT_H

#include <stdbool.h>

enum { HOSTPORT_HOST_SIZE = 256 };

struct hostport {
	const char *path;	/* of a Unix socket, else NULL */
	char host[HOSTPORT_HOST_SIZE];	/* without [] */
	unsigned port;
};

/*
 * Read "unix:/path", "192.0.2.1:80", "[::1]:80" or "name:80". Return NULL, or
 * what is wrong with it.
 */
const char *hostport_parse(struct hostport *, const char *text);

/* Can only this machine reach it? */
bool hostport_is_local(const struct hostport *);

/* Is it localhost or a loopback address? */
bool hostport_is_loopback(const char *host);

#endif
