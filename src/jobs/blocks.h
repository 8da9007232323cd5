/*
 * blocks.h -- list and block accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_BLOCKS_H
#define JOBS_BLOCKS_H

#include "command/job.h"

#include <stdbool.h>
#include <stdint.h>

struct blocks_order {
	char *const *names;	/* accounts and @domains; none: all */
	size_t count;
	int64_t since_s;	/* blocked within so long; -1: whenever */
	int64_t rows;		/* at most; 0 or less: all */
	bool would;		/* who would be blocked instead */
};

/* --list-blocked: the newest first. */
int blocks_list(const struct job *, const struct blocks_order *);

/* --block: for so many seconds, 0 until unblocked; note may be "". */
int blocks_add(const struct job *, const char *account, uint32_t duration_s,
    const char *note);

#endif
