/*
 * server_user.c -- a command that root runs, and the server's user.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/server_user.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

int
server_user_lookup(const struct config *config, struct privs *privs)
{
	uid_t uid;

	memset(privs, 0, sizeof(*privs));
	if (geteuid() != 0 ||
	    privs_find_user(config->server.user, &uid) != 0)
		return 0;
	return privs_lookup(privs, config->server.user,
	    config->server.group);
}

int
server_user_become(const struct config *config)
{
	struct privs privs;
	int status = EX_OK;

	if (server_user_lookup(config, &privs) != 0)
		return EX_CONFIG;
	if (privs_drop(&privs) != 0)
		status = EX_NOPERM;
	privs_clear(&privs);
	return status;
}
