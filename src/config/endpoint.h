/*
 * endpoint.h -- where a server listens: "unix:/path" or "host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_ENDPOINT_H
#define CONFIG_ENDPOINT_H

#include <stdbool.h>

enum { ENDPOINT_HOST_SIZE = 256 };

struct endpoint {
	const char *path;	/* of a Unix socket, else NULL */
	char host[ENDPOINT_HOST_SIZE];	/* without [] */
	unsigned port;
};

/*
 * Read "unix:/path", "192.0.2.1:80", "[::1]:80" or "name:80". Return NULL, or
 * what is wrong with it.
 */
const char *endpoint_parse(struct endpoint *, const char *text);

/* Can only this machine reach it? */
bool endpoint_is_local(const struct endpoint *);

/* Is it localhost or a loopback address? */
bool endpoint_is_loopback(const char *host);

#endif
