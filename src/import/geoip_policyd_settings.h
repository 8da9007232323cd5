/*
 * geoip_policyd_settings.h -- the custom settings of geoip-policyd, JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_GEOIP_POLICYD_SETTINGS_H
#define IMPORT_GEOIP_POLICYD_SETTINGS_H

#include "import/key_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_geoip(struct import *);

#endif
