/*
 * explain.h -- why an account is treated as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_EXPLAIN_H
#define JOBS_EXPLAIN_H

#include "command/job.h"

/*
 * --explain: state, evidence, settings and where each comes from, and, if an
 * address is given (else NULL), the verdict a login from there would get now.
 * Reads only. geoip: path of the MMDB file, "" for none.
 */
int explain_run(const struct job *, const char *account, const char *address,
    const char *geoip);

#endif
