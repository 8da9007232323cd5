/*
 * test_history.c -- days, rings and lists of an account, and how they move.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/history.h"
#include "unit.h"

#include <string.h>

#define TODAY UINT64_C(1)
#define BARRED (UINT64_C(1) << 62)
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define NOW (20000 * DAY + 8 * HOUR)

enum { DECAY = 990 };

static struct history history;

/* Bits of so many days before today. */
static uint64_t
past(unsigned days)
{
	return ((UINT64_C(1) << days) - 1) << 1;
}

static void
begin(void)
{
	history_init(&history);
	history_turn(&history, NOW, DECAY);
}

static const struct {
	const char *name;
	uint64_t bits;
	unsigned days;
} counted[] = {
	{ "none", 0, 0 },
	{ "today is not a day before", TODAY, 0 },
	{ "yesterday", TODAY << 1, 1 },
	{ "the 60th day", TODAY << 60, 1 },
	{ "60 days are remembered", UINT64_MAX, 60 },
	{ "a bar is no day", BARRED, 0 },
};

START_TEST(days_before_today)
{
	for (size_t i = 0; i < ROWS(counted); i++)
		ck_assert_msg(history_past_days(counted[i].bits) ==
		    counted[i].days, "%s", counted[i].name);
}
END_TEST

static const struct {
	const char *name;
	uint64_t before;
	int64_t days;
	uint64_t after;		/* 0: the entry is gone */
} turned[] = {
	{ "today is yesterday then", TODAY, 1, 2 },
	{ "after 60 days it is the last", TODAY, 60, TODAY << 60 },
	{ "after 61 it is forgotten", TODAY, 61, 0 },
	{ "after a thousand too", TODAY, 1000, 0 },
	{ "the 60th day leaves", TODAY << 60, 1, 0 },
	{ "a bar ends", BARRED | 4, 1, 8 },
	{ "and what had nothing but a bar", BARRED, 1, 0 },
};

START_TEST(a_day_that_passes_shifts_the_days)
{
	for (size_t i = 0; i < ROWS(turned); i++) {
		begin();
		history.places = history.arounds = history.countries =
		    (struct days_table){ 1, { { 7, turned[i].before } } };
		history.active = history.deferred = turned[i].before;
		history_turn(&history, NOW + turned[i].days * DAY, DECAY);
		ck_assert_msg(history_days(&history.places, 7) ==
		    turned[i].after, "%s", turned[i].name);
		ck_assert_uint_eq(history.places.count, turned[i].after != 0);
		ck_assert_uint_eq(history.arounds.count, turned[i].after != 0);
		ck_assert_uint_eq(history.countries.count,
		    turned[i].after != 0);
		ck_assert_uint_eq(history.active, turned[i].after);
		ck_assert_uint_eq(history.deferred, turned[i].after);
	}
}
END_TEST

START_TEST(days_turn_at_midnight_of_utc)
{
	begin();
	history_learn(&history.places, 7, 0);
	history_turn(&history, 20001 * DAY - 1, DECAY);
	ck_assert_uint_eq(history_days(&history.places, 7), TODAY);
	history_turn(&history, 20001 * DAY, DECAY);
	ck_assert_uint_eq(history_days(&history.places, 7), 2);
	/* A clock that goes back does not turn it back. */
	history_turn(&history, 19000 * DAY, DECAY);
	ck_assert_uint_eq(history_days(&history.places, 7), 2);
	ck_assert_int_eq(history.day, 20001);
}
END_TEST

START_TEST(what_is_barred_is_not_learned_that_day)
{
	begin();
	history_learn(&history.places, 7, 0);
	history_bar(&history.places, 7);
	ck_assert_uint_eq(history_days(&history.places, 7), BARRED);
	history_learn(&history.places, 7, 0);
	ck_assert_uint_eq(history_days(&history.places, 7), BARRED);
	history_bar(&history.places, 8);	/* never seen before */
	ck_assert_uint_eq(history_days(&history.places, 8), BARRED);
	history_turn(&history, NOW + DAY, DECAY);
	ck_assert_uint_eq(history.places.count, 0);
	history_learn(&history.places, 7, 0);
	ck_assert_uint_eq(history_days(&history.places, 7), TODAY);
	history_turn(&history, NOW + 2 * DAY, DECAY);
	history_bar(&history.places, 7);	/* the days before stay */
	ck_assert_uint_eq(history_days(&history.places, 7), BARRED | 2);
}
END_TEST

/* Which of a full table leaves: of two the first that is named. */
static const struct {
	const char *name;
	uint64_t leaves, stays;
} worths[] = {
	{ "one whose newest day is longer ago", 8 | 16 | 32, 4 },
	{ "one without a day", BARRED, TODAY << 60 },
	{ "of two the one with fewer days", 2, 2 | 4 },
	{ "of two alike the one that came first", 2, 2 },
};

START_TEST(when_there_is_no_room)
{
	for (size_t i = 0; i < ROWS(worths); i++) {
		struct days_table *table = &history.places;

		begin();
		table->count = HISTORY_DAYS_MAX;
		for (uint64_t n = 0; n < HISTORY_DAYS_MAX; n++)
			table->list[n] = (struct days){ 100 + n,
				worths[i].stays };
		table->list[20].bits = worths[i].leaves;
		history_learn(table, 7, 0);
		ck_assert_uint_eq(table->count, HISTORY_DAYS_MAX);
		ck_assert_uint_eq(history_days(table, 7), TODAY);
		ck_assert_msg(history_days(table,
		    worths[i].leaves == worths[i].stays ? 100 : 120) == 0,
		    "%s", worths[i].name);
		ck_assert_uint_eq(history_days(table, 101), worths[i].stays);
	}
}
END_TEST

START_TEST(peaks_fade_and_tops_become_peaks)
{
	begin();
	history.tops[SPAN_HOUR] = 20;
	history.peaks[SPAN_DAY] = 100;
	history.tops[SPAN_DAY] = 98;
	history_turn(&history, NOW + DAY, DECAY);
	ck_assert_double_eq(history.peaks[SPAN_HOUR], 20);
	ck_assert_double_eq(history.peaks[SPAN_DAY], 99);
	ck_assert_uint_eq(history.tops[SPAN_HOUR], 0);
	ck_assert_uint_eq(history.tops[SPAN_DAY], 0);
	history_turn(&history, NOW + 3 * DAY, DECAY);
	ck_assert_double_eq_tol(history.peaks[SPAN_HOUR], 20 * .99 * .99,
	    1e-9);
	history_turn(&history, NOW + 4 * DAY, 0);
	ck_assert_double_eq(history.peaks[SPAN_HOUR], 0);
}
END_TEST

START_TEST(rings_keep_the_running_span_and_twelve_before_it)
{
	struct mail_ring *hour = &history.rings[SPAN_HOUR];
	struct mail_ring *day = &history.rings[SPAN_DAY];

	begin();
	history_count(hour, MAIL_ALL);
	history_count(day, MAIL_ALL);
	history_count(hour, MAIL_NEW);
	history_turn(&history, NOW + HOUR + HOUR / 12 - 1, DECAY);
	ck_assert_uint_eq(history_sum(hour, MAIL_ALL), 1);
	ck_assert_uint_eq(history_sum(hour, MAIL_NEW), 1);
	ck_assert_uint_eq(history_sum(hour, MAIL_YOUNG), 0);
	history_count(hour, MAIL_ALL);
	history_turn(&history, NOW + HOUR + HOUR / 12, DECAY);
	ck_assert_uint_eq(history_sum(hour, MAIL_ALL), 1);
	ck_assert_uint_eq(history_sum(hour, MAIL_NEW), 0);
	ck_assert_uint_eq(history_sum(day, MAIL_ALL), 1);
	history_turn(&history, NOW + 25 * HOUR + 59 * HOUR / 60, DECAY);
	ck_assert_uint_eq(history_sum(day, MAIL_ALL), 1);
	history_turn(&history, NOW + 26 * HOUR, DECAY);
	ck_assert_uint_eq(history_sum(day, MAIL_ALL), 0);
	history_count(hour, MAIL_ALL);
	history_turn(&history, NOW + 400 * DAY, DECAY);
	ck_assert_uint_eq(history_sum(hour, MAIL_ALL), 0);
}
END_TEST

START_TEST(sightings_are_as_old_as_the_last_one)
{
	struct sightings *seen = &history.new_places;

	begin();
	history_see(seen, 7, NOW);
	history_see(seen, 8, NOW + 1);
	ck_assert_uint_eq(history_seen(seen, NOW - 1), 2);
	ck_assert_uint_eq(history_seen(seen, NOW), 1);
	ck_assert_uint_eq(history_seen(seen, NOW + 1), 0);
	history_see(seen, 7, NOW + 2);
	ck_assert_uint_eq(seen->count, 2);
	ck_assert_uint_eq(history_seen(seen, NOW + 1), 1);
	history_see(seen, 7, NOW);		/* a clock that went back */
	ck_assert_uint_eq(history_seen(seen, NOW + 1), 1);
	for (uint64_t i = 0; i < HISTORY_SEEN_MAX; i++)
		history_see(seen, 100 + i, NOW + 10 + (int64_t)i);
	ck_assert_uint_eq(seen->count, HISTORY_SEEN_MAX);
	ck_assert_uint_eq(seen->list[0].name, 100);
}
END_TEST

START_TEST(a_clock_that_was_ahead)
{
	begin();
	history_count(&history.rings[SPAN_DAY], MAIL_ALL);
	history_see(&history.new_places, 7, NOW);
	history_see(&history.new_countries, 9, NOW);
	history_learn(&history.places, 7, 0);
	ck_assert(!history_clamp(&history, NOW));
	ck_assert(history_clamp(&history, NOW - 400 * DAY));
	ck_assert_int_eq(history.day, NOW / DAY - 400);
	ck_assert_uint_eq(history_days(&history.places, 7), TODAY);
	ck_assert_uint_eq(history_seen(&history.new_places,
	    NOW - 400 * DAY - 1), 1);
	ck_assert_uint_eq(history_seen(&history.new_places, NOW - 400 * DAY),
	    0);
	ck_assert_uint_eq(history_seen(&history.new_countries,
	    NOW - 400 * DAY), 0);
	ck_assert(!history_clamp(&history, NOW - 400 * DAY));
	/* It is counted for as long as if it had been counted now. */
	history_turn(&history, NOW - 399 * DAY, DECAY);
	ck_assert_uint_eq(history_sum(&history.rings[SPAN_DAY], MAIL_ALL), 1);
	history_turn(&history, NOW - 399 * DAY + 2 * HOUR, DECAY);
	ck_assert_uint_eq(history_sum(&history.rings[SPAN_DAY], MAIL_ALL), 0);
}
END_TEST

START_TEST(a_small_step_about_midnight_stays_in_the_day)
{
	history_init(&history);
	history_turn(&history, 20000 * DAY + 1000, DECAY);
	history_clamp(&history, 20000 * DAY - 1000);
	ck_assert_int_eq(history.day, 20000);
	history_clamp(&history, 19999 * DAY - 1);
	ck_assert_int_eq(history.day, 19998);
}
END_TEST

START_TEST(an_unblock_forgets_what_was_counted_and_not_what_is_known)
{
	struct history before;

	begin();
	for (int kind = 0; kind < MAIL_KINDS; kind++)
		for (int i = 0; i < SPANS; i++)
			history_count(&history.rings[i],
			    (enum mail_kind)kind);
	history_learn(&history.places, 7, 0);
	history_bar(&history.places, 8);
	history_mark(&history.active, 0);
	history_mark(&history.deferred, 0);
	history_see(&history.new_places, 8, NOW);
	history_see(&history.new_countries, 9, NOW);
	history.peaks[SPAN_DAY] = 5;
	history.tops[SPAN_HOUR] = 3;
	before = history;
	history_afresh(&history);
	for (int kind = 0; kind < MAIL_KINDS; kind++)
		for (int i = 0; i < SPANS; i++)
			ck_assert_uint_eq(history_sum(&history.rings[i],
			    (enum mail_kind)kind), kind == MAIL_USUAL);
	ck_assert_uint_eq(history.new_places.count, 0);
	ck_assert_uint_eq(history.new_countries.count, 0);
	ck_assert_uint_eq(history.deferred, 0);
	ck_assert_uint_eq(history.active, TODAY);
	ck_assert_mem_eq(&history.places, &before.places,
	    sizeof(history.places));
	ck_assert_mem_eq(history.peaks, before.peaks, sizeof(history.peaks));
	ck_assert_mem_eq(history.tops, before.tops, sizeof(history.tops));
}
END_TEST

START_TEST(an_administrator_makes_places_known)
{
	begin();
	history_see(&history.new_places, 6, NOW - DAY);	/* too long ago */
	history_see(&history.new_places, 7, NOW - DAY + 1);
	history_bar(&history.places, 7);
	history_see(&history.new_places, 8, NOW);
	history_see(&history.new_countries, 9, NOW);
	history_accept(&history, 2, NOW);
	ck_assert_uint_eq(history_days(&history.places, 6), 0);
	ck_assert_uint_eq(history_days(&history.places, 7), past(2));
	ck_assert_uint_eq(history_days(&history.places, 8), past(2));
	ck_assert_uint_eq(history_days(&history.countries, 9), past(2));
	ck_assert_uint_eq(history.arounds.count, 0);
	history_learn(&history.places, 7, 0);
	ck_assert_uint_eq(history_days(&history.places, 7), past(2) | TODAY);
	history_accept(&history, 60, NOW);
	ck_assert_uint_eq(history_past_days(
	    history_days(&history.places, 8)), 60);
}
END_TEST

UNIT("store/history", days_before_today, a_day_that_passes_shifts_the_days,
    days_turn_at_midnight_of_utc, what_is_barred_is_not_learned_that_day,
    when_there_is_no_room, peaks_fade_and_tops_become_peaks,
    rings_keep_the_running_span_and_twelve_before_it,
    sightings_are_as_old_as_the_last_one, a_clock_that_was_ahead,
    a_small_step_about_midnight_stays_in_the_day,
    an_unblock_forgets_what_was_counted_and_not_what_is_known,
    an_administrator_makes_places_known)
