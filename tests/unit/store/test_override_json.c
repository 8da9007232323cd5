/*
 * test_override_json.c -- an override of the store as JSON, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_json.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* What is read, and how it is written again; NULL: the same. */
static const struct {
	const char *text, *again;
} good[] = {
	{ "{\"countries\":3,\"home\":{\"max_asns\":2}}", NULL },
	{ "{\"new_places\":{\"quota\":{\"hour\":10}}}", NULL },
	{ "{\"new_places\":{\"quota\":{\"hour\":0,\"day\":\"unlimited\"},"
	  "\"deferrals\":7}}", NULL },
	{ "{\"history\":{\"known_after\":3,\"decay\":0.97},"
	  "\"bursts\":{\"hour\":{\"mails\":1000,\"factor\":1.005},"
	  "\"young\":{\"around\":false}}}", NULL },
	{ "{\"bursts\":{\"day\":{\"factor\":3.0}}}",
	  "{\"bursts\":{\"day\":{\"factor\":3}}}" },
	{ "{\"new_places\":{\"quota\":{\"hour\":null,\"day\":5},"
	  "\"places\":null},\"bursts\":null}",
	  "{\"new_places\":{\"quota\":{\"day\":5}}}" },
	{ "{\"new_places\":{}}", "{}" },
};

START_TEST(what_is_read_is_written_again)
{
	for (size_t i = 0; i < ROWS(good); i++) {
		struct override override = { .account = NULL };
		char *text;

		ck_assert_msg(override_json_read(good[i].text, &override) == 0,
		    "%s", good[i].text);
		text = override_json_write(&override);
		ck_assert_str_eq(text, good[i].again != NULL ? good[i].again :
		    good[i].text);
		free(text);
		override_clear(&override);
	}
}
END_TEST

/* Every rule of the table on its own, with the least it may be. */
START_TEST(every_rule)
{
	for (int i = 0; i < RULE_COUNT; i++) {
		struct override one = { .account = NULL };
		struct override other = { .account = NULL };
		char *text;

		one.has[SETTING_RULES + i] = true;
		one.set.rules[i] = rules[i].least;
		text = override_json_write(&one);
		ck_assert_int_eq(override_json_read(text, &other), 0);
		for (int k = 0; k < SETTING_COUNT; k++)
			ck_assert_int_eq(other.has[k], k == SETTING_RULES + i);
		ck_assert_uint_eq(other.set.rules[i], rules[i].least);
		free(text);
	}
}
END_TEST

static const struct {
	const char *text, *why;
} bad[] = {
	{ "{\"new_place\":{}}", "new_place: there is no such key" },
	{ "{\"new_places.quota\":{\"hour\":1}}",
	    "new_places.quota: there is no such key" },
	{ "{\"new_places\":1}", "new_places: allowed is an object or null" },
	{ "{\"new_places\":{\"quota\":3}}",
	    "new_places.quota: allowed is an object or null" },
	{ "{\"new_places\":{\"quota\":{\"hours\":3}}}",
	    "new_places.quota.hours: there is no such key" },
	{ "{\"new_places\":{\"deferrals\":8}}",
	    "new_places.deferrals: allowed is a number from 1 to 7, "
	    "or unlimited" },
	{ "{\"new_places\":{\"deferrals\":\"3\"}}", "new_places.deferrals: " },
	{ "{\"new_places\":{\"deferrals\":true}}", "new_places.deferrals: " },
	{ "{\"new_places\":{\"deferrals\":3.5}}", "new_places.deferrals: " },
	{ "{\"history\":{\"decay\":1.5}}",
	    "history.decay: allowed is a number from 0 to 1" },
	{ "{\"history\":{\"decay\":-0.5}}", "history.decay: " },
	{ "{\"history\":{\"known_after\":\"unlimited\"}}",
	    "history.known_after: " },
	{ "{\"bursts\":{\"young\":{\"around\":1}}}",
	    "bursts.young.around: allowed is true or false" },
	{ "{\"home\":{\"x\":1}}", "home.x: there is no such key" },
};

START_TEST(what_is_wrong_is_said_with_its_path)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct stored_override stored = { .revision = 0 };
		json_t *object = json_loads(bad[i].text, 0, NULL);
		char why[OVERRIDE_WHY_SIZE] = "";

		ck_assert_int_eq(override_from_json(object, &stored, why), -1);
		ck_assert_msg(strncmp(why, bad[i].why, strlen(bad[i].why)) == 0,
		    "%s: %s", bad[i].text, why);
		stored_override_clear(&stored);
		json_decref(object);
	}
}
END_TEST

UNIT("store/override_json", what_is_read_is_written_again, every_rule,
    what_is_wrong_is_said_with_its_path)
