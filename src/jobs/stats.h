/*
 * stats.h -- statistics of the logins that are kept, as tables.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_STATS_H
#define JOBS_STATS_H

#include "command/job.h"

#include <stdint.h>

enum { STATS_ROWS = 20 };

/* What --stats is asked for. */
struct stats_order {
	const char *name;	/* of a row of figures; NULL: an overview */
	const char *account;	/* NULL: none is given */
	int64_t more_than;	/* --more-than; -1: what the row says */
	int64_t rows;		/* --rows; -1: STATS_ROWS; 0: all */
};

/* --stats; JOB_NOT_FOUND if there is no login of the account. */
int stats_run(const struct job *, const struct stats_order *);

#endif
