/*
 * store_of.c -- the store of a configuration, judging as policy says.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/store_of.h"

#include "policy/limits.h"

struct store *
store_of(const struct config *config)
{
	const struct store_setup setup = {
		.store = &config->store,
		.server = &config->server,
		.block = &config->block,
		.notify = &config->notify,
		.report = &config->report,
		.mode = &config->mode,
		.settings = &config->settings,
		.judge = limits_judge,
		.history = &config->history,
	};

	return store_open(&setup);
}
