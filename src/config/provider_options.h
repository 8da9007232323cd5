/*
 * provider_options.h -- `providers`: networks that strangers share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_PROVIDER_OPTIONS_H
#define CONFIG_PROVIDER_OPTIONS_H

#include "base/strings.h"
#include "config/settings.h"

struct provider_options {
	char *file;
	struct strings asns;		/* as written */
	struct networks networks;	/* as written */
	struct providers *all;		/* with those of the file */
};

#endif
