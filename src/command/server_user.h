/*
 * server_user.h -- a command that root runs becomes the server's user.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_SERVER_USER_H
#define COMMAND_SERVER_USER_H

#include "config/config.h"

/*
 * What root asks for is done by the user of the server: the database lets him
 * in, and files that are made are his. There is no way back. Without such a
 * user nothing happens. Return 0, or an exit status after saying why not.
 */
int server_user_become(const struct config *);

#endif
