/*
 * hostport.c -- where a server listens: "unix:/path" or "host:port".
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/hostport.h"

#include "base/addr.h"
#include "base/text.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static const char *
parse_path(struct hostport *hostport, const char *path)
{
	if (*path != '/')
		return "the path of a Unix socket must begin with /";
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "the path of a Unix socket has at most 107 bytes";
	hostport->path = path;
	return NULL;
}

static const char *
parse_host(struct hostport *hostport, const char *host, size_t length)
{
	struct addr addr;
	bool is_bracketed =
	    length > 2 && *host == '[' && host[length - 1] == ']';

	if (is_bracketed) {
		host++;
		length -= 2;
	}
	if (length == 0 || length >= sizeof(hostport->host))
		return "there is no host before the port";
	memcpy(hostport->host, host, length);
	hostport->host[length] = '\0';
	if (strpbrk(hostport->host, " \t/[]") != NULL)
		return "the host is no name and no address";
	if (!is_bracketed && strchr(hostport->host, ':') != NULL)
		return "an IPv6 address must be in brackets: [::1]:4646";
	if (is_bracketed && (addr_parse(hostport->host, &addr) != 0 ||
				strchr(hostport->host, ':') == NULL))
		return "there is no IPv6 address between the brackets";
	return NULL;
}

const char *
hostport_parse(struct hostport *hostport, const char *text)
{
	static const char unix_prefix[] = "unix:";
	const char *colon = strrchr(text, ':');
	int64_t port;

	memset(hostport, 0, sizeof(*hostport));
	if (strncmp(text, unix_prefix, sizeof(unix_prefix) - 1) == 0)
		return parse_path(hostport, text + sizeof(unix_prefix) - 1);
	if (colon == NULL)
		return "there is no port; write 127.0.0.1:4646";
	port = text_parse_number(colon + 1, UINT16_MAX);
	if (port < 0)
		return "the port must be a number from 0 to 65535";
	hostport->port = (unsigned)port;
	return parse_host(hostport, text, (size_t)(colon - text));
}

bool
hostport_is_loopback(const char *host)
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
hostport_is_local(const struct hostport *hostport)
{
	return hostport->path != NULL || hostport_is_loopback(hostport->host);
}
