/*
 * geoip_policyd_options.h -- the options and variables of geoip-policyd.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_GEOIP_POLICYD_OPTIONS_H
#define IMPORT_GEOIP_POLICYD_OPTIONS_H

#include "import/key_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_geoip_server(struct import *);

#endif
