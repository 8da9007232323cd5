/*
 * test_override_change.c -- KEY=VALUE of an override.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/override_change.h"
#include "store/override_json.h"
#include "unit.h"

#include <string.h>

/* Changes one after the other, and the words for what is then set. */
static const struct {
	const char *changes[4], *words;
} good[] = {
	{ { "countries=5", "rates=100/1h" }, "countries=5 rates=100/3600s" },
	{ { "new_places.quota.hour=10" }, "new_places.quota.hour=10" },
	{ { "bursts.hour.mails=unlimited", "history.decay=0.97",
	    "bursts.young.around=FALSE", "home.max_asns=2" },
	    "home.max_asns=2 history.decay=0.97 bursts.hour.mails=unlimited "
	    "bursts.young.around=false" },
	{ { "bursts.day.factor=2.125", "bursts.day.mails=7",
	    "bursts.day.mails=" }, "bursts.day.factor=2.125" },
	{ { "new_places.deferrals=" }, "" },
};

START_TEST(changes)
{
	for (size_t i = 0; i < ROWS(good); i++) {
		char account[] = "a";
		struct stored_override old = { .override.account = account };
		struct stored_override new = { .revision = 0 };
		json_t *set = override_set_to_json(&old);
		char bytes[400], why[CHANGE_WHY_SIZE];
		struct text words;

		for (size_t k = 0; k < 4 && good[i].changes[k] != NULL; k++)
			ck_assert_int_eq(override_change(set,
			    good[i].changes[k], why), 0);
		ck_assert_int_eq(override_from_json(set, &new, why), 0);
		text_init(&words, bytes, sizeof(bytes));
		override_words(set, &words);
		ck_assert_str_eq(bytes, good[i].words);
		json_decref(set);
		stored_override_clear(&new);
	}
}
END_TEST

/* Each rule of the table can be named. */
START_TEST(every_rule)
{
	for (int i = 0; i < RULE_COUNT; i++) {
		json_t *set = json_object();
		char change[80], number[RULE_TEXT_SIZE], why[CHANGE_WHY_SIZE];
		char bytes[400];
		struct text words;

		snprintf(change, sizeof(change), "%s=%s", rules[i].key,
		    rule_text(i, rules[i].least, number));
		ck_assert_int_eq(override_change(set, change, why), 0);
		text_init(&words, bytes, sizeof(bytes));
		override_words(set, &words);
		ck_assert_str_eq(bytes, change);
		json_decref(set);
	}
}
END_TEST

START_TEST(what_is_wrong)
{
	static const char *const unknown[] = { "new_places=1", "quota.hour=1",
		"new_places.quota=1", "new_places.quota.hour" };
	json_t *set = json_object();
	struct stored_override new = { .revision = 0 };
	char why[CHANGE_WHY_SIZE];

	for (size_t i = 0; i < ROWS(unknown); i++)
		ck_assert_int_eq(override_change(set, unknown[i], why), -1);
	ck_assert_uint_eq(json_object_size(set), 0);
	ck_assert_int_eq(override_change(set, "new_places.deferrals=8", why),
	    0);
	ck_assert_int_eq(override_from_json(set, &new, why), -1);
	ck_assert_str_eq(why, "new_places.deferrals: allowed is a number from "
	    "1 to 7, or unlimited");
	json_decref(set);
	stored_override_clear(&new);
}
END_TEST

UNIT("jobs/override_change", changes, every_rule, what_is_wrong)
