/*
 * geoip_options.h -- `geoip`: where places come from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_GEOIP_OPTIONS_H
#define CONFIG_GEOIP_OPTIONS_H

#include <stdint.h>

struct geoip_options {
	char *country;		/* a file; "": none */
	uint32_t reload_s;
};

#endif
