/*
 * notify_trial.h -- a test notification, by every way that is configured.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_NOTIFY_TRIAL_H
#define JOBS_NOTIFY_TRIAL_H

#include "command/job.h"

/* --test-notify: tell of a test by every way that is configured, now. */
int notify_trial(const struct job *);

#endif
