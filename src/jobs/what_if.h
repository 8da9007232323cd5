/*
 * what_if.h -- which accounts other limits would have blocked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_WHAT_IF_H
#define JOBS_WHAT_IF_H

#include "command/job.h"

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

#endif
