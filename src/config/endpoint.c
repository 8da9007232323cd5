/*
 * endpoint.c -- where we listen: "unix:/path", "inet:host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/endpoint.h"

#include "base/addr.h"
#include "base/mem.h"
#include "base/text.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>

static const char *
parse_path(struct endpoint *endpoint, const char *path)
{
	if (*path != '/')
		return "the path of a Unix socket must begin with /";
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "the path of a Unix socket has at most 107 bytes";
	endpoint->path = path;
	return NULL;
}

static const char *
parse_host(struct endpoint *endpoint, const char *host, size_t length)
{
	struct addr addr;
	bool is_bracketed =
	    length > 2 && *host == '[' && host[length - 1] == ']';

	if (is_bracketed) {
		host++;
		length -= 2;
	}
	if (length == 0 || length >= sizeof(endpoint->host))
		return "there is no host before the port";
	memcpy(endpoint->host, host, length);
	endpoint->host[length] = '\0';
	if (strpbrk(endpoint->host, " \t/[]") != NULL)
		return "the host is no name and no address";
	if (!is_bracketed && strchr(endpoint->host, ':') != NULL)
		return "an IPv6 address must be in brackets: [::1]:4646";
	if (is_bracketed && (addr_parse(endpoint->host, &addr) != 0 ||
				strchr(endpoint->host, ':') == NULL))
		return "there is no IPv6 address between the brackets";
	return NULL;
}

const char *
endpoint_parse(struct endpoint *endpoint, const char *text)
{
	static const char inet_prefix[] = "inet:";
	static const char unix_prefix[] = "unix:";
	const char *rest = text;
	const char *colon;
	int64_t port;

	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->text = text;
	if (strncmp(text, unix_prefix, sizeof(unix_prefix) - 1) == 0)
		return parse_path(endpoint, text + sizeof(unix_prefix) - 1);
	if (strncmp(text, inet_prefix, sizeof(inet_prefix) - 1) == 0)
		rest = text + sizeof(inet_prefix) - 1;
	colon = strrchr(rest, ':');
	if (colon == NULL)
		return "there is no port; write 127.0.0.1:4646";
	port = text_parse_number(colon + 1, UINT16_MAX);
	if (port < 0)
		return "the port must be a number from 0 to 65535";
	endpoint->port = (unsigned)port;
	return parse_host(endpoint, rest, (size_t)(colon - rest));
}

bool
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	struct addr first, second;

	if (a->path != NULL || b->path != NULL)
		return a->path != NULL && b->path != NULL &&
		       strcmp(a->path, b->path) == 0;
	if (a->port != b->port)
		return false;
	if (addr_parse(a->host, &first) == 0 &&
	    addr_parse(b->host, &second) == 0)
		return first.bits == second.bits &&
		       memcmp(first.bytes, second.bytes, first.bits / 8) == 0;
	return strcasecmp(a->host, b->host) == 0;
}

bool
endpoint_is_any(const struct endpoint *endpoint)
{
	return strcmp(endpoint->host, "*") == 0 ||
	       strcmp(endpoint->host, "0.0.0.0") == 0 ||
	       strcmp(endpoint->host, "::") == 0;
}

bool
endpoint_is_loopback(const char *host)
{
	struct addr addr;

	if (strcmp(host, "localhost") == 0)
		return true;
	if (addr_parse(host, &addr) != 0)
		return false;
	if (addr.bits == 32)
		return addr.bytes[0] == 127;
	for (int i = 0; i < 15; i++)
		if (addr.bytes[i] != 0)
			return false;
	return addr.bytes[15] == 1;
}

bool
endpoint_is_local(const struct endpoint *endpoint)
{
	return endpoint->path != NULL || endpoint_is_loopback(endpoint->host);
}

void
endpoints_add(struct endpoints *endpoints, const struct endpoint *one)
{
	endpoints->list = mem_grow(endpoints->list, endpoints->count + 1,
	    sizeof(*endpoints->list));
	endpoints->list[endpoints->count++] = *one;
}
