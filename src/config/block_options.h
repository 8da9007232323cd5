/*
 * block_options.h -- `mode` and `block`: what is done over a limit.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_BLOCK_OPTIONS_H
#define CONFIG_BLOCK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum mode { MODE_ENFORCE, MODE_OBSERVE };

struct block_options {
	bool enabled;
	uint32_t duration_s;	/* 0: until unblocked */
	bool carry;		/* observe.carry: see store/mode_change.h */
};

#endif
