/*
 * rate.h -- the configuration of policyd-rate-limit, YAML.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_RATE_H
#define IMPORT_RATE_H

#include "import/rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_rate(struct import *);

#endif
