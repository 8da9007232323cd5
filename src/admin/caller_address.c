/*
 * caller_address.c -- where an HTTP request comes from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* struct ucred */
#include "admin/caller_address.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* A number for the request that no other has (RFC 9562, version 4). */
static void
make_guid(char guid[GUID_SIZE])
{
	unsigned char b[16] = { 0 };

	RAND_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(guid, GUID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4],
	    b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
	    b[15]);
}

void
caller_origin(struct MHD_Connection *connection, char origin[ORIGIN_SIZE])
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info != NULL ? info->client_addr :
							NULL;
	const void *bytes = NULL;

	snprintf(origin, ORIGIN_SIZE, "unix");
	if (address != NULL && address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)
			(const void *)address)->sin_addr;
	else if (address != NULL && address->sa_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)
			(const void *)address)->sin6_addr;
	if (bytes != NULL)
		inet_ntop(address->sa_family, bytes, origin, ORIGIN_SIZE);
}

void
caller_locate(struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info != NULL ? info->client_addr :
							NULL;
	bool is_ipv6 = address != NULL && address->sa_family == AF_INET6;

	make_guid(exchange->guid);
	caller_origin(exchange->connection, exchange->origin);
	snprintf(exchange->remote, sizeof(exchange->remote), "%s",
	    exchange->origin);
	/* The port is at the same place in both families. */
	if (is_ipv6 || (address != NULL && address->sa_family == AF_INET))
		snprintf(exchange->remote, sizeof(exchange->remote),
		    is_ipv6 ? "[%s]:%u" : "%s:%u", exchange->origin,
		    (unsigned)ntohs(((const struct sockaddr_in *)
			(const void *)address)->sin_port));
}

void
caller_name(struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (info != NULL && strcmp(exchange->origin, "unix") == 0 &&
	    getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer,
		&size) == 0)
		snprintf(exchange->who, WHO_SIZE, "uid:%u",
		    (unsigned)peer.uid);
}
