/*
 * scene_lessons.c -- what was learned of accounts, carried to another store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"
#include "script.h"
#include "store/history_lessons.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS = 6, ACCOUNTS = 150 };
static const int64_t day_ms = INT64_C(86400000);

/* A mail of an account on each of some days, from now on. */
static void
live(struct world *world, const char *account, const char *address, int days)
{
	for (int day = 0; day < days; day++) {
		struct check check = { .account = account, .instance = "",
			.weight = 1, .settings = &world->config.settings };

		clock_set_wall_ms(SCRIPT_START_MS + day * day_ms);
		ck_assert_int_eq(addr_parse(address, &check.login.client), 0);
		check.login.network = check.login.client;
		strcpy(check.login.country, "DE");
		world_checks(world->store, &check, 1);
		ck_assert_int_eq(check.result, STORE_DONE);
		ck_assert_int_eq(check.finding.verdict, VERDICT_PASS);
	}
}

/* Everything that is known of one account. */
static struct lesson
lesson_of(struct world *world, const char *account)
{
	struct lesson *page, found;
	size_t count;
	char after[64];

	/* The one before it in the order of names. */
	strcpy(after, account);
	after[strlen(after) - 1]--;
	ck_assert_int_eq(store_lessons(world->console, after, 1, &page,
	    &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(page[0].account, account);
	found = page[0];
	free(page);
	return found;
}

static void
tell(struct text *told, const struct lesson *lesson)
{
	char time[32];

	text_printf(told, "%s seen=%s active=%llx places=%zu:%llx "
	    "countries=%zu tops=%u peaks=%.6f\n", lesson->account,
	    world_show(lesson->seen_ms, time),
	    (unsigned long long)lesson->history.active,
	    lesson->history.places.count,
	    (unsigned long long)lesson->history.places.list[0].bits,
	    lesson->history.countries.count,
	    lesson->history.tops[SPAN_DAY],
	    lesson->history.peaks[SPAN_DAY]);
}

void
scene_lessons_are_taken(struct world *world, struct text *told)
{
	struct lesson joe, ann;

	live(world, "joe", "192.0.2.1", DAYS);
	joe = lesson_of(world, "joe");
	tell(told, &joe);
	ck_assert_uint_eq(joe.history.active, (1 << DAYS) - 1);
	ck_assert_uint_eq(joe.history.places.list[0].bits, (1 << DAYS) - 1);
	/* To an account that nothing is known of. */
	free(joe.account);
	joe.account = strdup("ann");
	ck_assert_int_eq(store_teach(world->console, &joe, 1,
	    world_deadline()), STORE_DONE);
	ck_assert(joe.is_news);
	ann = lesson_of(world, "ann");
	tell(told, &ann);
	ck_assert_uint_eq(ann.history.active, joe.history.active);
	ck_assert_int_eq(ann.seen_ms, joe.seen_ms);
	lesson_clear(&ann);
	/* Once more, and on another day. */
	for (int day = 0; day < 3; day++) {
		clock_set_wall_ms(SCRIPT_START_MS + (DAYS + day) * day_ms);
		ck_assert_int_eq(store_teach(world->console, &joe, 1,
		    world_deadline()), STORE_DONE);
		ck_assert(!joe.is_news);
	}
	lesson_clear(&joe);
}

/* What the store knows of the account stays, and what it counts. */
void
scene_lessons_are_added(struct world *world, struct text *told)
{
	struct lesson joe, old;

	live(world, "old", "198.51.100.1", 3);
	live(world, "joe", "192.0.2.1", DAYS);
	old = lesson_of(world, "old");
	free(old.account);
	old.account = strdup("joe");
	ck_assert_int_eq(store_teach(world->console, &old, 1,
	    world_deadline()), STORE_DONE);
	ck_assert(old.is_news);
	joe = lesson_of(world, "joe");
	tell(told, &joe);
	ck_assert_uint_eq(joe.history.places.count, 2);
	ck_assert_uint_eq(joe.history.active, (1 << DAYS) - 1);
	/* The three days are the first three of the six. */
	ck_assert_uint_eq(joe.history.places.list[1].bits, 7 << 3);
	ck_assert_int_eq(joe.seen_ms, SCRIPT_START_MS + (DAYS - 1) * day_ms);
	lesson_clear(&joe);
	lesson_clear(&old);
}

/* More than one round takes. */
void
scene_many_lessons(struct world *world, struct text *told)
{
	struct lesson *lessons = calloc(ACCOUNTS, sizeof(*lessons));
	struct lesson *page;
	size_t news = 0;
	size_t count;

	for (int i = 0; i < ACCOUNTS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "a%03d", i);
		lessons[i].account = strdup(name);
		history_turn(&lessons[i].history, SCRIPT_START_MS, 990);
		history_mark(&lessons[i].history.active, 0);
		lessons[i].history.peaks[SPAN_HOUR] = i;
	}
	ck_assert_int_eq(store_teach(world->console, lessons, ACCOUNTS,
	    world_deadline()), STORE_DONE);
	for (int i = 0; i < ACCOUNTS; i++) {
		news += lessons[i].is_news;
		lesson_clear(&lessons[i]);
	}
	ck_assert_uint_eq(news, ACCOUNTS);
	free(lessons);
	ck_assert_int_eq(store_lessons(world->console, "a139", 20, &page,
	    &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 10);
	for (size_t i = 0; i < count; i++) {
		ck_assert_double_eq(page[i].history.peaks[SPAN_HOUR],
		    (double)(140 + i));
		tell(told, &page[i]);
		lesson_clear(&page[i]);
	}
	free(page);
}
