/*
 * endpoint.h -- addresses of sockets: "unix:/path", "inet:host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_ENDPOINT_H
#define SERVER_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* More addresses of one host name are not listened on. */
enum { ENDPOINTS_MAX = 8, ENDPOINT_TEXT_SIZE = 128 };

struct endpoint {
	socklen_t size;
	struct sockaddr_storage address;
};

/*
 * What a spec stands for: one Unix path, or the addresses of the host ("[::1]"
 * for IPv6, "*" for any IPv4 and any IPv6). Return how many, or 0 with
 * the reason logged.
 */
size_t endpoint_parse(const char *spec, struct endpoint list[ENDPOINTS_MAX]);

/* The address that a socket is bound to. Return 0, or -1 if that is none of
 * Unix (with a path), IPv4 and IPv6. */
int endpoint_of(int fd, struct endpoint *);

/* The same address? Unix paths are compared as text. */
bool endpoint_equal(const struct endpoint *, const struct endpoint *);

/* The path of a Unix socket, NULL for others. */
const char *endpoint_path(const struct endpoint *);

/* Port of IPv4 and IPv6, 0 for others. */
unsigned endpoint_port(const struct endpoint *);

/* Write it as a spec. Return text. */
const char *endpoint_format(const struct endpoint *,
    char text[ENDPOINT_TEXT_SIZE]);

#endif
