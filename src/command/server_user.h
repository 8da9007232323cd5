/*
 * server_user.h -- a command that root runs, and the server's user.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What root asks of the store is done by the user of the server: the database
 * lets him in, and files that are made are his.
 */
#ifndef COMMAND_SERVER_USER_H
#define COMMAND_SERVER_USER_H

#include "config/config.h"
#include "server/privs.h"

/* Who that is; nobody is wanted if we are not root, or there is no such user:
 * then no server can run either. Return 0, or -1 after saying why not. */
int server_user_lookup(const struct config *, struct privs *);

/* Become him for good. Return 0, or an exit status after saying why not. */
int server_user_become(const struct config *);

#endif
