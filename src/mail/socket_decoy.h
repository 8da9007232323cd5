/*
 * socket_decoy.h -- give a library that connects itself our connection.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef MAIL_SOCKET_DECOY_H
#define MAIL_SOCKET_DECOY_H

#include <netinet/in.h>

/* A listening socket on the loopback interface; connections to it wait in its
 * queue, nobody takes them. */
struct decoy {
	int fd;
	struct sockaddr_in address;
};

/* Open it and write its "address:port" to server. Return 0, or -1 with
 * errno. */
int decoy_open(struct decoy *, char server[32]);

/*
 * Put fd, which stays open too and becomes non-blocking, in the place of the
 * one connection of this process to the decoy, and close that. Return 0, or -1
 * with errno.
 */
int decoy_replace(struct decoy *, int fd);

#endif
