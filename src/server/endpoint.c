/*
 * endpoint.c -- addresses of sockets: "unix:/path", "inet:host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/endpoint.h"

#include "base/log.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static size_t
parse_unix(const char *path, struct endpoint *endpoint)
{
	struct sockaddr_un *address = (struct sockaddr_un *)&endpoint->address;
	size_t length = strlen(path);

	if (length == 0 || path[0] != '/') {
		log_error("listen: unix:%s: the path must begin with /", path);
		return 0;
	}
	if (length >= sizeof(address->sun_path)) {
		log_error("listen: unix:%s: the path has %zu bytes, a socket "
			  "can have %zu; choose a shorter one",
		    path, length, sizeof(address->sun_path) - 1);
		return 0;
	}
	memset(endpoint, 0, sizeof(*endpoint));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, length + 1);
	endpoint->size = (socklen_t)(
	    offsetof(struct sockaddr_un, sun_path) + length + 1);
	return 1;
}

/* Split "host:port" or "[v6]:port" at the last colon. */
static int
split(const char *text, char host[256], char port[8])
{
	const char *colon = strrchr(text, ':');
	size_t length = colon == NULL ? 0 : (size_t)(colon - text);

	if (length == 0 || length >= 256 ||
	    text_parse_number(colon + 1, 65535) < 0 || strlen(colon + 1) > 5)
		return -1;
	strcpy(port, colon + 1);
	if (text[0] == '[') {
		if (length < 3 || text[length - 1] != ']')
			return -1;
		text++;
		length -= 2;
	} else if (memchr(text, ':', length) != NULL) {
		return -1;
	}
	memcpy(host, text, length);
	host[length] = '\0';
	return 0;
}

static size_t
parse_inet(const char *spec, const char *text,
    struct endpoint list[ENDPOINTS_MAX])
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char host[256], port[8];
	size_t count = 0;
	int error;

	if (split(text, host, port) != 0) {
		log_error("listen: %s is not inet:HOST:PORT; an IPv6 address "
			  "stands in brackets, the port is at most 65535",
		    spec);
		return 0;
	}
	error = getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, port,
	    &hints, &found);
	if (error != 0) {
		log_error("listen: %s: %s", spec, gai_strerror(error));
		return 0;
	}
	for (const struct addrinfo *one = found;
	    one != NULL && count < ENDPOINTS_MAX; one = one->ai_next) {
		if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
			continue;
		memset(&list[count], 0, sizeof(list[count]));
		memcpy(&list[count].address, one->ai_addr, one->ai_addrlen);
		list[count++].size = one->ai_addrlen;
	}
	freeaddrinfo(found);
	if (count == 0)
		log_error("listen: %s: the host has no address", spec);
	return count;
}

size_t
endpoint_parse(const char *spec, struct endpoint list[ENDPOINTS_MAX])
{
	if (strncmp(spec, "unix:", 5) == 0)
		return parse_unix(spec + 5, &list[0]);
	if (strncmp(spec, "inet:", 5) == 0)
		return parse_inet(spec, spec + 5, list);
	log_error("listen: %s is neither unix:/PATH nor inet:HOST:PORT", spec);
	return 0;
}

int
endpoint_of(int fd, struct endpoint *endpoint)
{
	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->size = sizeof(endpoint->address);
	if (getsockname(fd, (struct sockaddr *)&endpoint->address,
		&endpoint->size) != 0)
		return -1;
	switch (endpoint->address.ss_family) {
	case AF_UNIX:
		return endpoint_path(endpoint)[0] == '/' ? 0 : -1;
	case AF_INET:
	case AF_INET6:
		return 0;
	default:
		return -1;
	}
}

bool
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
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
		return strcmp(endpoint_path(a), endpoint_path(b)) == 0;
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
endpoint_path(const struct endpoint *endpoint)
{
	if (endpoint->address.ss_family != AF_UNIX)
		return NULL;
	return ((const struct sockaddr_un *)&endpoint->address)->sun_path;
}

unsigned
endpoint_port(const struct endpoint *endpoint)
{
	if (endpoint->address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)
		    &endpoint->address)->sin_port);
	if (endpoint->address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)
		    &endpoint->address)->sin6_port);
	return 0;
}

const char *
endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT_SIZE])
{
	char host[INET6_ADDRSTRLEN];

	if (endpoint->address.ss_family == AF_UNIX) {
		snprintf(text, ENDPOINT_TEXT_SIZE, "unix:%s",
		    endpoint_path(endpoint));
	} else if (endpoint->address.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)
		    &endpoint->address)->sin6_addr, host, sizeof(host));
		snprintf(text, ENDPOINT_TEXT_SIZE, "inet:[%s]:%u", host,
		    endpoint_port(endpoint));
	} else {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)
		    &endpoint->address)->sin_addr, host, sizeof(host));
		snprintf(text, ENDPOINT_TEXT_SIZE, "inet:%s:%u", host,
		    endpoint_port(endpoint));
	}
	return text;
}
