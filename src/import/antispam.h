/*
 * antispam.h -- the configuration of postfwd's anti-spam plugin, sections of keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_ANTISPAM_H
#define IMPORT_ANTISPAM_H

#include "import/key_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_antispam(struct import *);

#endif
