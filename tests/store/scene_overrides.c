/*
 * scene_overrides.c -- overrides of a store, read and changed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"
#include "base/mem.h"
#include "script.h"
#include "store/override_list.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 50 };

/* Revisions are told as differences from the first: stores may begin where
 * they like. */
static void
tell_override(struct text *told, const struct stored_override *stored)
{
	const struct override *override = &stored->override;
	char time[32];

	text_printf(told, "%s '%s' by %s at", override->account,
	    override->comment, stored->author);
	text_printf(told, " %s", world_show(stored->changed_ms, time));
	text_printf(told, " until %s listed %d:",
	    world_show(stored->valid_until_ms, time), stored->is_listed);
	for (int i = 0; i < SETTING_COUNT; i++)
		text_printf(told, " %d", override->has[i]);
	if (override->has[MEASURE_COUNTRIES])
		text_printf(told, " countries %u",
		    (unsigned)override->set.limits[MEASURE_COUNTRIES]);
	for (size_t i = 0; i < override->set.only_countries.count; i++)
		text_printf(told, " only %s",
		    override->set.only_countries.codes[i]);
	for (size_t i = 0; i < override->set.rates.count; i++)
		text_printf(told, " rate %u/%u",
		    (unsigned)override->set.rates.rules[i].mails,
		    (unsigned)override->set.rates.rules[i].per_s);
	text_add(told, "\n");
}

static void
tell_overrides(struct world *world, const char *after, struct text *told)
{
	struct stored_override *list;
	size_t count;

	ck_assert_int_eq(store_list_overrides(world->console, after, MOST,
	    &list, &count, world_deadline()), STORE_DONE);
	text_printf(told, "%zu after %s\n", count, after != NULL ? after :
	    "nothing, listed");
	for (size_t i = 0; i < count; i++) {
		tell_override(told, &list[i]);
		stored_override_clear(&list[i]);
	}
	free(list);
}

/* An override with a limit, a list and a rate. */
static struct stored_override
make_override(const char *account, uint32_t countries)
{
	struct stored_override stored = { .is_listed = false };
	struct override *override = &stored.override;

	override->account = mem_dup(account);
	override->comment = mem_dup("a \"comment\"");
	override->has[MEASURE_COUNTRIES] = true;
	override->set.limits[MEASURE_COUNTRIES] = countries;
	override->has[SETTING_ONLY_COUNTRIES] = true;
	ck_assert_int_eq(countries_add(&override->set.only_countries, "DE"),
	    0);
	override->has[SETTING_RATES] = true;
	override->set.rates = (struct rates){ 1, { { 5, 3600 } } };
	stored.author = mem_dup("admin");
	stored.valid_until_ms = SCRIPT_START_MS + 3600000;
	return stored;
}

enum store_result
scene_put(struct world *world, const char *account, uint32_t countries,
    int64_t expected, int64_t *revision)
{
	struct stored_override stored = make_override(account, countries);
	enum store_result result = store_put_override(world->console, &stored,
	    expected, world_deadline());

	*revision = stored.revision;
	stored_override_clear(&stored);
	return result;
}

void
scene_overrides_change(struct world *world, struct text *told)
{
	struct stored_override found;
	int64_t first, second, other;
	int64_t deadline_ms = world_deadline();

	ck_assert_int_eq(scene_put(world, "joe@a.org", 5, REVISION_NONE,
	    &first), STORE_DONE);
	ck_assert_int_eq(scene_put(world, "joe@a.org", 6, REVISION_NONE,
	    &other), STORE_NONE);
	ck_assert_int_eq(scene_put(world, "joe@a.org", 7, first, &second),
	    STORE_DONE);
	ck_assert_int_gt(second, first);
	ck_assert_int_eq(scene_put(world, "joe@a.org", 8, first, &other),
	    STORE_NONE);
	ck_assert_int_eq(scene_put(world, "@a.org", UNLIMITED, REVISION_ANY,
	    &other), STORE_DONE);
	ck_assert_int_eq(store_find_override(world->console, "joe@a.org",
	    &found, deadline_ms), STORE_DONE);
	ck_assert_int_eq(found.revision, second);
	ck_assert_uint_eq(found.override.set.limits[MEASURE_COUNTRIES], 7);
	stored_override_clear(&found);
	ck_assert_int_eq(store_find_override(world->console, "nobody",
	    &found, deadline_ms), STORE_NONE);
	tell_overrides(world, "", told);
	tell_overrides(world, "@a.org", told);
	tell_overrides(world, NULL, told);
	ck_assert_int_eq(store_delete_override(world->console, "joe@a.org",
	    true, REVISION_ANY, deadline_ms), STORE_NONE);
	ck_assert_int_eq(store_delete_override(world->console, "joe@a.org",
	    false, first, deadline_ms), STORE_NONE);
	ck_assert_int_eq(store_delete_override(world->console, "joe@a.org",
	    false, second, deadline_ms), STORE_DONE);
	ck_assert_int_eq(store_delete_override(world->console, "joe@a.org",
	    false, REVISION_ANY, deadline_ms), STORE_NONE);
	tell_overrides(world, "", told);
}

static void
replace_listed(struct world *world, const struct stored_override *list,
    size_t count)
{
	struct override_list *listed = override_list_new();

	for (size_t i = 0; i < count; i++)
		override_list_add(listed, &list[i].override);
	ck_assert_int_eq(override_list_replace(world->console, listed,
	    world_deadline()), STORE_DONE);
	override_list_free(listed);
}

/* More than one statement writes, and what is the same is not changed. */
static void
replace_many(struct world *world)
{
	enum { MANY = 2500 };
	struct stored_override *list = NULL;
	size_t count;

	/* At last the same without the last one: only that goes. */
	for (int again = 0; again < 3; again++) {
		struct override_list *listed = override_list_new();

		for (uint32_t i = 0; i < MANY - (again == 2); i++) {
			struct stored_override one;
			char account[32];

			snprintf(account, sizeof(account), "many%u", i);
			one = make_override(account, again && i == 7 ? 99 : i);
			one.override.has[SETTING_RATES] = i % 2 == 0;
			override_list_add(listed, &one.override);
			stored_override_clear(&one);
		}
		clock_set_wall_ms(SCRIPT_START_MS + again * 1000);
		ck_assert_int_eq(override_list_replace(world->console, listed,
		    world_deadline()), STORE_DONE);
		override_list_free(listed);
	}
	ck_assert_int_eq(store_list_overrides(world->console, NULL, MANY + 1,
	    &list, &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, MANY - 1);
	for (uint32_t i = 0; i < count; i++) {
		char account[32];

		snprintf(account, sizeof(account), "many%u", i);
		ck_assert_str_eq(list[i].override.account, account);
		ck_assert_int_eq(list[i].changed_ms, SCRIPT_START_MS +
		    (i == 7 ? 1000 : 0));
		ck_assert_int_eq(list[i].revision, i == 7 ? 2 : 1);
		stored_override_clear(&list[i]);
	}
	free(list);
	clock_set_wall_ms(SCRIPT_START_MS);
}

void
scene_custom_settings(struct world *world, struct text *told)
{
	struct stored_override list[3];
	int64_t revision;

	replace_many(world);
	ck_assert_int_eq(scene_put(world, "carl", 3, REVISION_ANY, &revision),
	    STORE_DONE);
	list[0] = make_override("zoe", 1);
	list[1] = make_override("adam", 2);
	list[2] = make_override("carl", 4);
	for (size_t i = 0; i < 3; i++)
		list[i].is_listed = true;
	replace_listed(world, list, 3);
	tell_overrides(world, NULL, told);
	tell_overrides(world, "", told);
	replace_listed(world, list + 1, 1);
	tell_overrides(world, NULL, told);
	ck_assert_int_eq(store_delete_override(world->console, "adam", true,
	    REVISION_ANY, world_deadline()), STORE_DONE);
	tell_overrides(world, NULL, told);
	for (size_t i = 0; i < 3; i++)
		stored_override_clear(&list[i]);
}
