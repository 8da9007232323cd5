/*
 * test_notify.h -- a test notification, by every way that is configured.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_TEST_NOTIFY_H
#define JOBS_TEST_NOTIFY_H

#include "command/job.h"

/* --test-notify: tell of a test by every way that is configured, now. */
int test_notify_run(const struct job *);

#endif
