/*
 * import_geoip.h -- the custom settings of geoip-policyd, JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_IMPORT_GEOIP_H
#define JOBS_IMPORT_GEOIP_H

#include "jobs/import_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_geoip(struct import *);

#endif
