/*
 * job.h -- what a command-line mode is given.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_JOB_H
#define COMMAND_JOB_H

#include "config/config.h"

#include <stdbool.h>
#include <stdio.h>

/* Each job returns an exit status of sysexits.h, or JOB_NOT_FOUND. */
enum { JOB_NOT_FOUND = 1 };

/* How long a job waits for the store. */
enum { JOB_PATIENCE_MS = 15000 };

struct job {
	const struct config *config;
	bool is_json;
	FILE *out;
	const char *user;	/* who runs it, for the audit trail */
};

#endif
