/*
 * report_options.h -- `report`: what --clean tells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_REPORT_OPTIONS_H
#define CONFIG_REPORT_OPTIONS_H

#include "base/strings.h"

#include <stdbool.h>

struct report_options {
	bool enabled;
	struct strings to;
	char *subject;
	bool only_if_needed;
};

#endif
