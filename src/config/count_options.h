/*
 * count_options.h -- `count`, `exempt` and `rates`: what counts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_COUNT_OPTIONS_H
#define CONFIG_COUNT_OPTIONS_H

#include "base/strings.h"
#include "config/settings.h"

#include <stdbool.h>
#include <stdint.h>

struct netset;

enum rates_count { RATES_MESSAGES, RATES_RECIPIENTS };
enum rates_stage { STAGE_RCPT, STAGE_DATA, STAGE_END_OF_MESSAGE };

struct count_options {
	uint32_t ipv4_prefix, ipv6_prefix;
	bool private;
};

struct exempt_options {
	struct strings accounts;	/* lower case; "@d" for a domain */
	struct networks networks_list;	/* as written */
	char *networks_file;
	struct netset *networks;	/* all: list, file, private */
	struct countries countries;	/* also settings.exempt_... */
};

struct rates_options {
	enum rates_count count;
	enum rates_stage stage;
	struct networks networks_list;
	struct netset *networks;	/* NULL: all */
};

#endif
