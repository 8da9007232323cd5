/*
 * antispam_statements.h -- the SQL statements of postfwd's anti-spam plugin.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_ANTISPAM_STATEMENTS_H
#define IMPORT_ANTISPAM_STATEMENTS_H

#include "import/key_rows.h"

/* Say what does the work of each of them now. */
void import_statements(struct import *);

#endif
