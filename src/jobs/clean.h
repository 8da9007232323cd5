/*
 * clean.h -- the cron job.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_CLEAN_H
#define JOBS_CLEAN_H

#include "command/job.h"

/* --clean: delete what expired, and say how much. EX_TEMPFAIL: another
 * cleaning is under way. */
int clean_run(const struct job *);

#endif
