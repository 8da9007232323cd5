/*
 * what_if.h -- which accounts other limits would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_WHAT_IF_H
#define JOBS_WHAT_IF_H

#include "command/job.h"
#include "store/store.h"

#include <stddef.h>

/*
 * --what-if: judge the logins that are kept by changed limits, "KEY=VALUE"
 * each, and tell whom they would have blocked; rows are shown at most, 0 all.
 * Overrides hold as ever. Writes nothing.
 *
 * Of a login only the first and the last time is kept. So an account that is
 * told would have been blocked; one that is not might have been, by logins in
 * between.
 */
int what_if_run(const struct job *, char *const *changes, size_t count,
    size_t rows);

/* When an account would have been blocked first, and why. */
struct what_if {
	int64_t at_ms;		/* 0: never */
	struct judgement judgement;
};

/* Judge the logins of one account, of which there is at least one. Pure. */
struct what_if what_if_judge(const struct settings *,
    const struct past_login *logins, size_t count);

#endif
