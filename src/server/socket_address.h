/*
 * socket_address.h -- what sockets are bound to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_SOCKET_ADDRESS_H
#define SERVER_SOCKET_ADDRESS_H

#include "config/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* More addresses of one host name are not listened on. */
enum { ADDRESSES_MAX = 8, ADDRESS_TEXT_SIZE = 128 };

struct address {
	socklen_t size;
	struct sockaddr_storage address;
};

/*
 * What an endpoint stands for: one Unix path, or the addresses of the host
 * ("*": any IPv4 and any IPv6). Asks the resolver if the host is a name. Return
 * how many, or 0 with the reason logged.
 */
size_t address_find(const struct endpoint *,
    struct address list[ADDRESSES_MAX]);

/* The address that a socket is bound to. Return 0, or -1 if that is none of
 * Unix (with a path), IPv4 and IPv6. */
int address_of(int fd, struct address *);

/* The same address? Unix paths are compared as text. */
bool address_equal(const struct address *, const struct address *);

/* The path of a Unix socket, NULL for others. */
const char *address_path(const struct address *);

/* Port of IPv4 and IPv6, 0 for others. */
unsigned address_port(const struct address *);

/* Write it as a spec. Return text. */
const char *address_format(const struct address *,
    char text[ADDRESS_TEXT_SIZE]);

#endif
