/*
 * overrides.h -- the store's overrides, from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_OVERRIDES_H
#define JOBS_OVERRIDES_H

#include "command/job.h"

#include <stddef.h>
#include <stdint.h>

struct override_order {
	const char *account;	/* or "@example.com" */
	char *const *changes;	/* KEY=VALUE, as in overrides_set */
	size_t count;
	const char *comment;	/* NULL: as it was */
	int64_t duration_s;	/* valid from now on; 0: for ever; -1: as it was */
};

/*
 * --override: lay the changes over what the account has. A key is one of
 * `overrides` in policyd.yaml(5), home's with a dot; a list is written A,B,
 * rates are 100/1h,500/1d; an empty value takes the general one again.
 */
int overrides_set(const struct job *, const struct override_order *);

/* --override --delete. JOB_NOT_FOUND if the account has none in the store. */
int overrides_delete(const struct job *, const char *account);

/* --list-overrides: those of the configuration, then those of the store. */
int overrides_list(const struct job *);

#endif
