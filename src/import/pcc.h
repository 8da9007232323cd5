/*
 * pcc.h -- the configuration of pcc, sections of keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_PCC_H
#define IMPORT_PCC_H

#include "import/key_rows.h"

/* Put what was read on the sheet; complain of what cannot be. */
void import_pcc(struct import *);

#endif
