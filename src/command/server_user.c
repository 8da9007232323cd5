/*
 * server_user.c -- a command that root runs becomes the server's user.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/server_user.h"

#include "server/privs.h"

#include <sysexits.h>
#include <unistd.h>

int
server_user_become(const struct config *config)
{
	struct privs privs;
	uid_t uid;
	int status = EX_OK;

	/* Where there is no such user no server can run either. */
	if (geteuid() != 0 ||
	    privs_find_user(config->server.user, &uid) != 0)
		return EX_OK;
	if (privs_lookup(&privs, config->server.user, config->server.group) !=
	    0)
		return EX_CONFIG;
	if (privs_drop(&privs) != 0)
		status = EX_NOPERM;
	privs_clear(&privs);
	return status;
}
