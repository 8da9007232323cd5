/*
 * server_options.h -- `socket` and `server`: how it runs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_SERVER_OPTIONS_H
#define CONFIG_SERVER_OPTIONS_H

#include <stdint.h>

struct socket_options {
	uint32_t mode;	/* permission bits */
	char *user, *group;
};

struct server_options {
	uint32_t workers;
	char *user, *group;
	char *pidfile;	/* "": none; so with every path */
	char *state;	/* who is known to be blocked, over a restart */
	char *status;	/* how it is, for --status */
	uint32_t deadline_ms;
	uint32_t idle_timeout_s;
	uint32_t max_connections;
};

#endif
