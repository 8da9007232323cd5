/*
 * unix_socket.h -- a Unix socket in the file system: make, restrict, remove.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_UNIX_SOCKET_H
#define SERVER_UNIX_SOCKET_H

#include "server/serving.h"
#include "server/socket_address.h"

#include <sys/types.h>

/* Who may connect. */
struct socket_access {
	mode_t mode;
	uid_t uid;	/* (uid_t)-1: leave it */
	gid_t gid;	/* (gid_t)-1: leave it */
};

/* A socket file, to be told from another one of the same name. */
struct socket_file {
	dev_t device;
	ino_t inode;
};

/*
 * What `socket` says. As root an unknown user or group is an error
 * (logged, -1); others cannot give files away, so the user is left, and an
 * unknown group is logged and left.
 */
int socket_access_find(struct socket_access *, const struct serving *);

/* The same of an endpoint that is private: 0660, owned by server.user and
 * server.group. */
int socket_access_private(struct socket_access *, const struct serving *);

/*
 * Bind a socket to the path of the address and listen. Nobody can connect
 * before owner and mode are right. A socket file that nobody listens on is
 * removed; one that answers, or a file that is no socket, is an error. Return
 * the descriptor (non-blocking, close-on-exec), or -1 with the cause logged.
 */
int unix_socket_open(const struct address *, const struct socket_access *,
    struct socket_file *);

/* Set owner and mode of the file at path if it is still this one. What we
 * may not do is logged; return -1 then. */
int unix_socket_restrict(const char *path, const struct socket_file *,
    const struct socket_access *);

/* Remove the file at path if it is still this one. */
void unix_socket_remove(const char *path, const struct socket_file *);

#endif
