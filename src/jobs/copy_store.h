/*
 * copy_store.h -- carry a store over to another one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_COPY_STORE_H
#define JOBS_COPY_STORE_H

#include "command/job.h"

/*
 * --copy-store: blocks, overrides, and logins with the time that an account is
 * counted from. The schema of the target is created; what it holds already is
 * kept where it is newer, so that it may be run again. Rates, notifications
 * and what --report would tell stay behind.
 */
int copy_run(const struct job *, const char *from_url, const char *to_url);

#endif
