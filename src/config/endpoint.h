/*
 * endpoint.h -- where we listen: "unix:/path", "inet:host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `listen` and http.listen are read once; everybody else has the result.
 */
#ifndef CONFIG_ENDPOINT_H
#define CONFIG_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

enum { ENDPOINT_HOST_SIZE = 256 };

/* Who serves it. */
enum endpoint_service {
	ENDPOINT_NOBODY,
	ENDPOINT_POLICY,	/* the workers */
	ENDPOINT_HTTP,		/* the console */
};

struct endpoint {
	const char *text;	/* as configured, borrowed: for messages */
	const char *path;	/* of a Unix socket, else NULL */
	char host[ENDPOINT_HOST_SIZE];	/* without []; "*": every address */
	unsigned port;		/* 0: one that is free */
	enum endpoint_service service;
	/* Who may open it: server.user and server.group alone (0660), or whom
	 * `socket` names. */
	bool is_private;
};

struct endpoints {
	size_t count;
	struct endpoint *list;
};

/*
 * Read "unix:/path", "inet:host:port" or "host:port", of an IPv6 address
 * "[::1]:80". The text must outlive it. Return NULL, or what is wrong.
 */
const char *endpoint_parse(struct endpoint *, const char *text);

/* The same place, however it was written? */
bool endpoint_equal(const struct endpoint *, const struct endpoint *);

/* Does it take what comes for any address of this host? */
bool endpoint_is_any(const struct endpoint *);

/* Can only this machine reach it? */
bool endpoint_is_local(const struct endpoint *);

/* Is it localhost or a loopback address? */
bool endpoint_is_loopback(const char *host);

/* Another one for the list. */
void endpoints_add(struct endpoints *, const struct endpoint *);

#endif
