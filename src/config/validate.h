/*
 * validate.h -- what the values of a configuration must be to each other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_VALIDATE_H
#define CONFIG_VALIDATE_H

#include "config/draft.h"

/*
 * Check what no row of the table can: values that contradict each other,
 * addresses, macros, files. Read the files that are part of the configuration
 * (secrets, networks) and fill in what follows from others. Every error is
 * complained of.
 */
void validate(struct draft *);

#endif
