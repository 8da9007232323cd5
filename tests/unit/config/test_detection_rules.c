/*
 * test_detection_rules.c -- what the rules of detection allow.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/detection_rules.h"
#include "config/settings.h"
#include "unit.h"

#include <string.h>

START_TEST(sections)
{
	static const char *const good[] = { "history", "new_places",
		"new_places.quota", "bursts.young" };
	static const char *const bad[] = { "", "new", "new_places.",
		"new_places.quota.hour", "limits", "bursts.hour.mails.x" };

	for (size_t i = 0; i < ROWS(good); i++)
		ck_assert_msg(rule_is_section(good[i]), "%s", good[i]);
	for (size_t i = 0; i < ROWS(bad); i++)
		ck_assert_msg(!rule_is_section(bad[i]), "%s", bad[i]);
}
END_TEST

/* What is read; -1: it is refused; and how that is written. */
static const struct {
	enum rule rule;
	const char *text;
	int64_t value;
	const char *again;
} values[] = {
	{ RULE_QUOTA_HOUR, "5", 5, "5" },
	{ RULE_QUOTA_HOUR, "0", 0, "0" },
	{ RULE_QUOTA_HOUR, "Unlimited", UNLIMITED, "unlimited" },
	{ RULE_QUOTA_HOUR, "1000001", -1, NULL },
	{ RULE_QUOTA_HOUR, "5.5", -1, NULL },
	{ RULE_DEFERRALS, "0", -1, NULL },
	{ RULE_DEFERRALS, "7", 7, "7" },
	{ RULE_KNOWN_AFTER, "unlimited", -1, NULL },
	{ RULE_DECAY, "0.97", 970, "0.97" },
	{ RULE_DECAY, "1", 1000, "1" },
	{ RULE_DECAY, "1.001", -1, NULL },
	{ RULE_DECAY, "0.", -1, NULL },
	{ RULE_DECAY, ".5", -1, NULL },
	{ RULE_BURST_HOUR_FACTOR, "2.5", 2500, "2.5" },
	{ RULE_BURST_HOUR_FACTOR, "2.005", 2005, "2.005" },
	{ RULE_BURST_HOUR_FACTOR, "2.0001", -1, NULL },
	{ RULE_BURST_HOUR_FACTOR, "-1", -1, NULL },
	{ RULE_YOUNG_AROUND, "TRUE", 1, "true" },
	{ RULE_YOUNG_AROUND, "1", -1, NULL },
};

START_TEST(texts)
{
	for (size_t i = 0; i < ROWS(values); i++) {
		char text[RULE_TEXT_SIZE];
		uint32_t value = 77;
		int result = rule_read(values[i].rule, values[i].text, &value);

		ck_assert_msg((result == 0) == (values[i].value >= 0),
		    "%s", values[i].text);
		ck_assert_uint_eq(value, values[i].value >= 0 ?
		    (uint32_t)values[i].value : 77);
		if (result == 0)
			ck_assert_str_eq(rule_text(values[i].rule, value,
			    text), values[i].again);
	}
}
END_TEST

UNIT("config/rules", sections, texts)
