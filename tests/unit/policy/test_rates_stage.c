/*
 * test_rates_stage.c -- do requests arrive at the stage that rates count at?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/config.h"
#include "policy/rates_stage.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *what;
	bool has_rules, has_override;
	struct stage_counts began, first, second;
	bool is_told_first, is_told_second;
} rows[] = {
	{ "patience ends at 200 requests", true, false, { 0, 0 }, { 0, 199 },
	    { 0, 200 }, false, true },
	{ "it is told once", true, false, { 0, 0 }, { 0, 200 }, { 0, 900 },
	    true, false },
	{ "one at the stage is enough", true, false, { 0, 0 }, { 1, 150 },
	    { 1, 900 }, false, false },
	{ "even if it came last", true, false, { 0, 0 }, { 1, 900 },
	    { 1, 2000 }, false, false },
	{ "what was before does not count", true, false, { 7, 5000 },
	    { 7, 5199 }, { 7, 5200 }, false, true },
	{ "nor does it prove anything", true, false, { 7, 0 }, { 7, 100 },
	    { 8, 300 }, false, false },
	{ "without a rule nothing is told", false, false, { 0, 0 }, { 0, 200 },
	    { 0, 900 }, false, false },
	{ "a rule of an override is one", false, true, { 0, 0 }, { 0, 0 },
	    { 0, 200 }, false, true },
};

START_TEST(watches)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct override override;
		struct config config;
		struct stage_watch watch;
		uint64_t off;

		memset(&config, 0, sizeof(config));
		memset(&override, 0, sizeof(override));
		config.settings.rates.count = rows[i].has_rules;
		config.overrides = &override;
		config.override_count = 1;
		override.has[SETTING_RATES] = true;
		override.set.rates.count = rows[i].has_override;
		stage_watch_start(&watch, &config, rows[i].began);
		ck_assert_msg(stage_watch_look(&watch, rows[i].first, &off) ==
			rows[i].is_told_first, "%s: first", rows[i].what);
		ck_assert_uint_eq(off, rows[i].first.off - rows[i].began.off);
		ck_assert_msg(stage_watch_look(&watch, rows[i].second, &off) ==
			rows[i].is_told_second, "%s: second", rows[i].what);
	}
}
END_TEST

START_TEST(names)
{
	ck_assert_str_eq(stage_state(STAGE_END_OF_MESSAGE), "END-OF-MESSAGE");
	ck_assert_str_eq(stage_parameter(STAGE_END_OF_MESSAGE),
	    "smtpd_end_of_data_restrictions");
	ck_assert_str_eq(stage_state(STAGE_DATA), "DATA");
	ck_assert_str_eq(stage_parameter(STAGE_RCPT),
	    "smtpd_recipient_restrictions");
}
END_TEST

UNIT("policy/rates_stage", watches, names)
