/*
 * geoip_policyd_names.h -- what geoip-policyd calls its options.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_GEOIP_POLICYD_NAMES_H
#define IMPORT_GEOIP_POLICYD_NAMES_H

#include "import/assignments.h"
#include "import/key_rows.h"

/* --max-ips and GEOIPPOLICYD_MAX_IPS are the same. */
#define GEOIP_PREFIX "GEOIPPOLICYD_"

/* How a file with them is read. */
extern const struct assignments_format geoip_format;

/* Every option of every version, and what becomes of it. */
extern const struct import_row geoip_names[];

#endif
