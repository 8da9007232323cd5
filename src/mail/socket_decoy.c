/*
 * socket_decoy.c -- give a library that connects itself our connection.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/socket_decoy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A task begins with next to no descriptors. */
enum { HIGHEST_FD = 255 };

int
decoy_open(struct decoy *decoy, char server[32])
{
	socklen_t size = sizeof(decoy->address);

	memset(&decoy->address, 0, sizeof(decoy->address));
	decoy->address.sin_family = AF_INET;
	decoy->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	decoy->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (decoy->fd < 0 ||
	    bind(decoy->fd, (struct sockaddr *)&decoy->address, size) != 0 ||
	    listen(decoy->fd, 1) != 0 ||
	    getsockname(decoy->fd, (struct sockaddr *)&decoy->address, &size) !=
		0)
		return -1;
	snprintf(server, 32, "127.0.0.1:%u",
	    (unsigned)ntohs(decoy->address.sin_port));
	return 0;
}

static bool
leads_to(int fd, const struct sockaddr_in *address)
{
	struct sockaddr_in peer = { 0 };
	socklen_t size = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
	       peer.sin_family == AF_INET &&
	       peer.sin_port == address->sin_port &&
	       peer.sin_addr.s_addr == address->sin_addr.s_addr;
}

int
decoy_replace(struct decoy *decoy, int fd)
{
	int theirs = STDERR_FILENO + 1;

	while (theirs <= HIGHEST_FD && !leads_to(theirs, &decoy->address))
		theirs++;
	close(decoy->fd);
	if (theirs > HIGHEST_FD) {
		errno = ENOTCONN;
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return dup2(fd, theirs) == theirs ? 0 : -1;
}
