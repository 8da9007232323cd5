/*
 * socket_address.c -- what sockets are bound to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/socket_address.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static size_t
find_unix(const char *path, struct address *found)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&found->address;
	size_t length = strlen(path);

	assert(length < sizeof(address->sun_path)); /* endpoint_parse */
	memset(found, 0, sizeof(*found));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, length + 1);
	found->size = (socklen_t)(
	    offsetof(struct sockaddr_un, sun_path) + length + 1);
	return 1;
}

size_t
address_find(const struct endpoint *endpoint,
    struct address list[ADDRESSES_MAX])
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char port[16];
	size_t count = 0;
	int error;

	if (endpoint->path != NULL)
		return find_unix(endpoint->path, &list[0]);
	snprintf(port, sizeof(port), "%u", endpoint->port);
	error = getaddrinfo(strcmp(endpoint->host, "*") == 0 ? NULL :
	    endpoint->host, port, &hints, &found);
	if (error != 0) {
		log_error("listen: %s: %s", endpoint->text,
		    gai_strerror(error));
		return 0;
	}
	for (const struct addrinfo *one = found;
	    one != NULL && count < ADDRESSES_MAX; one = one->ai_next) {
		if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
			continue;
		memset(&list[count], 0, sizeof(list[count]));
		memcpy(&list[count].address, one->ai_addr, one->ai_addrlen);
		list[count++].size = one->ai_addrlen;
	}
	freeaddrinfo(found);
	if (count == 0)
		log_error("listen: %s: the host has no address",
		    endpoint->text);
	return count;
}

int
address_of(int fd, struct address *address)
{
	memset(address, 0, sizeof(*address));
	address->size = sizeof(address->address);
	if (getsockname(fd, (struct sockaddr *)&address->address,
		&address->size) != 0)
		return -1;
	switch (address->address.ss_family) {
	case AF_UNIX:
		return address_path(address)[0] == '/' ? 0 : -1;
	case AF_INET:
	case AF_INET6:
		return 0;
	default:
		return -1;
	}
}

bool
address_equal(const struct address *a, const struct address *b)
{
	const struct sockaddr_in *a4 = (const struct sockaddr_in *)&a->address;
	const struct sockaddr_in *b4 = (const struct sockaddr_in *)&b->address;
	const struct sockaddr_in6 *a6 =
	    (const struct sockaddr_in6 *)&a->address;
	const struct sockaddr_in6 *b6 =
	    (const struct sockaddr_in6 *)&b->address;

	if (a->address.ss_family != b->address.ss_family)
		return false;
	switch (a->address.ss_family) {
	case AF_UNIX:
		return strcmp(address_path(a), address_path(b)) == 0;
	case AF_INET:
		return a4->sin_port == b4->sin_port &&
		    a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	case AF_INET6:
		return a6->sin6_port == b6->sin6_port &&
		    a6->sin6_scope_id == b6->sin6_scope_id &&
		    memcmp(&a6->sin6_addr, &b6->sin6_addr,
			sizeof(a6->sin6_addr)) == 0;
	default:
		return false;
	}
}

const char *
address_path(const struct address *address)
{
	if (address->address.ss_family != AF_UNIX)
		return NULL;
	return ((const struct sockaddr_un *)&address->address)->sun_path;
}

unsigned
address_port(const struct address *address)
{
	if (address->address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)
		    &address->address)->sin_port);
	if (address->address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)
		    &address->address)->sin6_port);
	return 0;
}

const char *
address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
	char host[INET6_ADDRSTRLEN];

	if (address->address.ss_family == AF_UNIX) {
		snprintf(text, ADDRESS_TEXT_SIZE, "unix:%s",
		    address_path(address));
	} else if (address->address.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)
		    &address->address)->sin6_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT_SIZE, "inet:[%s]:%u", host,
		    address_port(address));
	} else {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)
		    &address->address)->sin_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT_SIZE, "inet:%s:%u", host,
		    address_port(address));
	}
	return text;
}
