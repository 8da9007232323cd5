/*
 * daemon.h -- the server: what a generation lives on, and what it shares.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_DAEMON_H
#define ROLES_DAEMON_H

#include "config/config.h"

struct daemon_options {
	const char *config_path;
	bool is_config_optional;	/* it need not exist */
	bool is_verbose;		/* log at level debug */
	bool is_daemon;
};

/* Log what is hardly meant in a configuration. */
void daemon_warn(const struct config *);

/* Serve until told to stop; returns the exit status. */
int daemon_run(const struct daemon_options *);

#endif
