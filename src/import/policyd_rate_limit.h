/*
 * policyd_rate_limit.h -- the configuration of policyd-rate-limit, YAML.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_POLICYD_RATE_LIMIT_H
#define IMPORT_POLICYD_RATE_LIMIT_H

#include "import/key_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_rate(struct import *);

#endif
