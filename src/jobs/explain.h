/*
 * explain.h -- why an account is treated as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_EXPLAIN_H
#define JOBS_EXPLAIN_H

#include "command/job.h"
#include "geo/geo.h"

/*
 * --explain: state, evidence, settings and where each comes from, and, if an
 * address is given (else NULL), the verdict a login from there would get now.
 * Reads only. geoip: the MMDB files.
 */
int explain_run(const struct job *, const char *account, const char *address,
    const struct geo_paths *geoip);

#endif
