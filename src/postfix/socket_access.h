/*
 * socket_access.h -- may Postfix's user connect to a socket?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POSTFIX_SOCKET_ACCESS_H
#define POSTFIX_SOCKET_ACCESS_H

#include "base/text.h"
#include "config/config.h"

/*
 * See whether a user may connect to the socket at path: all folders above
 * must let it through, and the socket must let it read and write. A socket
 * that is not there yet is taken for what the configuration makes it. Return
 * 0, or -1 with what is wrong added to why.
 */
int postfix_access_check(const struct config *, const char *user,
    const char *path, struct text *why);

#endif
