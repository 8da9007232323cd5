/*
 * geoip_options.h -- `geoip`: where places come from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_GEOIP_OPTIONS_H
#define CONFIG_GEOIP_OPTIONS_H

#include <stdint.h>

/* What a file is asked for. */
enum geoip_file { GEOIP_COUNTRY, GEOIP_ASN, GEOIP_CITY, GEOIP_FILES };

struct geoip_options {
	char *files[GEOIP_FILES];	/* "": none */
	uint32_t reload_s;
};

#endif
