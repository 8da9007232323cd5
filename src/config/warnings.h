/*
 * warnings.h -- what is allowed in a configuration but hardly meant.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_WARNINGS_H
#define CONFIG_WARNINGS_H

#include "config/draft.h"

/* Look for it in a draft that is valid; draft_warn tells of each. */
void warnings_find(struct draft *);

#endif
