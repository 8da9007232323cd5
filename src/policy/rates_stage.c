/*
 * rates_stage.c -- do requests arrive at the stage that rates count at? Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/rates_stage.h"

static const struct {
	const char *state, *parameter;
} stages[] = {
	[STAGE_RCPT] = { "RCPT", "smtpd_recipient_restrictions" },
	[STAGE_DATA] = { "DATA", "smtpd_data_restrictions" },
	[STAGE_END_OF_MESSAGE] = { "END-OF-MESSAGE",
	    "smtpd_end_of_data_restrictions" },
};

const char *
stage_state(enum rates_stage stage)
{
	return stages[stage].state;
}

const char *
stage_parameter(enum rates_stage stage)
{
	return stages[stage].parameter;
}

bool
stage_has_rules(const struct config *config)
{
	if (config->settings.rates.count > 0)
		return true;
	for (size_t i = 0; i < config->override_count; i++)
		if (config->overrides[i].has[SETTING_RATES] &&
		    config->overrides[i].set.rates.count > 0)
			return true;
	return false;
}

void
stage_watch_start(struct stage_watch *watch, const struct config *config,
    struct stage_counts now)
{
	watch->began = now;
	watch->is_over = !stage_has_rules(config);
}

bool
stage_watch_look(struct stage_watch *watch, struct stage_counts now,
    uint64_t *off)
{
	*off = now.off - watch->began.off;
	if (watch->is_over)
		return false;
	if (now.at != watch->began.at) {
		watch->is_over = true;
		return false;
	}
	watch->is_over = *off >= STAGE_PATIENCE;
	return watch->is_over;
}
