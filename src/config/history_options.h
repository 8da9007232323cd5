/*
 * history_options.h -- `history`: what is learned of accounts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the rules allow is in settings.rules.
 */
#ifndef CONFIG_HISTORY_OPTIONS_H
#define CONFIG_HISTORY_OPTIONS_H

#include <stdint.h>

struct history_options {
	uint32_t warm_up_s;	/* the store learns so long before it judges */
};

#endif
