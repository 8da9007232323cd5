/*
 * blocks.h -- list and block accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_BLOCKS_H
#define JOBS_BLOCKS_H

#include "command/job.h"

#include <stdint.h>

/* --list-blocked */
int blocks_list(const struct job *);

/* --block: for so many seconds, 0 until unblocked; note may be "". */
int blocks_add(const struct job *, const char *account, uint32_t duration_s,
    const char *note);

#endif
