/*
 * status_file.h -- how the running server is, told in a file (server.status).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The housekeeper writes it every STATUS_EVERY_MS, a command reads it: that is
 * how `policyd --status` knows of processes that it has nothing to do with. It
 * is a JSON object and holds no secret. What is older than STATUS_STALE_MS, or
 * of a process that is gone, tells of a server that was.
 */
#ifndef SERVER_STATUS_FILE_H
#define SERVER_STATUS_FILE_H

#include "base/counters.h"
#include "config/geoip_options.h"

#include <stdbool.h>
#include <stdint.h>

enum { STATUS_EVERY_MS = 5000, STATUS_STALE_MS = 20000 };

struct status {
	int64_t at_ms;		/* wall clock: when it was written */
	int64_t pid;		/* of the master */
	char version[32];
	char mode[16];
	bool is_schema_ready;
	bool is_missing[GEOIP_FILES];	/* configured, and not there */
	int64_t since_ms;	/* when the server started ... */
	uint64_t counts[STAT_COUNT];	/* ... and what it counted since */
};

/* Write it. Return 0, or -1 with errno set: the old one stays then. */
int status_file_write(const struct status *, const char *path);

/* Read it. Return 0, or -1 with errno set; EINVAL: it is no such file. */
int status_file_read(struct status *, const char *path);

/* Does the server live that wrote it? */
bool status_file_is_live(const struct status *, int64_t now_ms);

#endif
