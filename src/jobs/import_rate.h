/*
 * import_rate.h -- the configuration of policyd-rate-limit, YAML.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_IMPORT_RATE_H
#define JOBS_IMPORT_RATE_H

#include "jobs/import_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_rate(struct import *);

#endif
