/*
 * status.h -- how the server of this host is, in ten lines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_STATUS_H
#define JOBS_STATUS_H

#include "command/job.h"

/* Something is wrong: what it is says its line. */
enum { STATUS_WRONG = 1 };

/*
 * Tell of the server that wrote server.status, of the store as this process
 * finds it, and of the GeoIP files. Returns EX_OK or STATUS_WRONG.
 */
int status_run(const struct job *);

#endif
