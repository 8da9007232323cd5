/*
 * forget.h -- delete all that is known of one account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_FORGET_H
#define JOBS_FORGET_H

#include "command/job.h"

/* --forget. On a terminal it asks, unless is_sure. JOB_NOT_FOUND if nothing was
 * known, or the answer was no. */
int forget_run(const struct job *, const char *given, bool is_sure);

#endif
