/*
 * test_history_merge.c -- what was learned elsewhere is added, and once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/history.h"
#include "unit.h"

#include <math.h>
#include <string.h>

#define TODAY UINT64_C(1)
#define BARRED (UINT64_C(1) << 62)
#define DAY INT64_C(86400000)

enum { DECAY = 990, TODAYS = 20000 };

static struct history history, learned;

static void
begin(int64_t day, int64_t learned_day)
{
	history_init(&history);
	history_init(&learned);
	if (day != 0)
		history_turn(&history, day * DAY, DECAY);
	history_turn(&learned, learned_day * DAY, DECAY);
}

/* Merge; then once more, which must change nothing. */
static bool
merge(void)
{
	const struct history before = learned;
	bool is_changed = history_merge(&history, &learned, DECAY);
	struct history once = history;

	ck_assert(!history_merge(&history, &learned, DECAY));
	ck_assert_mem_eq(&history, &once, sizeof(history));
	ck_assert_mem_eq(&learned, &before, sizeof(learned));
	return is_changed;
}

START_TEST(an_account_that_nothing_is_known_of)
{
	begin(0, TODAYS);
	history_learn(&learned.places, 7, 0);
	history_learn(&learned.arounds, 8, 0);
	history_learn(&learned.countries, 9, 0);
	history_mark(&learned.active, 0);
	history_mark(&learned.deferred, 0);
	learned.peaks[SPAN_HOUR] = 3;
	learned.tops[SPAN_DAY] = 4;
	ck_assert(merge());
	ck_assert_int_eq(history.day, TODAYS);
	ck_assert_uint_eq(history_days(&history.places, 7), TODAY);
	ck_assert_uint_eq(history_days(&history.arounds, 8), TODAY);
	ck_assert_uint_eq(history_days(&history.countries, 9), TODAY);
	ck_assert_uint_eq(history.active, TODAY);
	ck_assert_uint_eq(history.deferred, 0);
	ck_assert_double_eq(history.peaks[SPAN_HOUR], 3);
	ck_assert_double_eq(history.peaks[SPAN_DAY], 0);
	ck_assert_uint_eq(history.tops[SPAN_DAY], 4);
}
END_TEST

/* Whether the day turned in between or not. */
START_TEST(the_same_log_some_days_later)
{
	begin(0, TODAYS);
	history_learn(&learned.places, 7, 0);
	history_mark(&learned.active, 0);
	learned.peaks[SPAN_HOUR] = 3;
	learned.tops[SPAN_HOUR] = 5;
	learned.tops[SPAN_DAY] = 4;
	for (int64_t later = 0; later < 5; later++) {
		ck_assert_int_eq(merge(), later == 0);
		ck_assert_double_eq_tol(history.peaks[SPAN_DAY],
		    later == 0 ? 0 : 4 * pow(0.99, (double)later - 1), 1e-9);
		history_turn(&history, (TODAYS + later + 1) * DAY, DECAY);
	}
}
END_TEST

START_TEST(days_of_either)
{
	begin(TODAYS, TODAYS - 3);
	history_learn(&history.places, 7, 0);
	history_learn(&learned.places, 7, 0);
	history_learn(&learned.places, 8, 0);
	history_mark(&history.active, 0);
	history_mark(&learned.active, 0);
	ck_assert(merge());
	ck_assert_int_eq(history.day, TODAYS);
	ck_assert_uint_eq(history_days(&history.places, 7), TODAY | 8);
	ck_assert_uint_eq(history_days(&history.places, 8), 8);
	ck_assert_uint_eq(history.active, TODAY | 8);
}
END_TEST

START_TEST(what_is_later_turns_the_day)
{
	begin(TODAYS - 3, TODAYS);
	history_learn(&history.places, 7, 0);
	history.tops[SPAN_HOUR] = 50;
	history_learn(&learned.places, 8, 0);
	learned.peaks[SPAN_HOUR] = 40;
	ck_assert(merge());
	ck_assert_int_eq(history.day, TODAYS);
	ck_assert_uint_eq(history_days(&history.places, 7), 8);
	ck_assert_uint_eq(history_days(&history.places, 8), TODAY);
	ck_assert_double_eq(history.peaks[SPAN_HOUR], 50);
}
END_TEST

START_TEST(what_is_known_already_changes_nothing)
{
	begin(TODAYS, TODAYS);
	history_learn(&history.places, 7, 0);
	history_mark(&history.active, 0);
	history.peaks[SPAN_HOUR] = 10;
	history_learn(&learned.places, 7, 0);
	history_mark(&learned.active, 0);
	history_bar(&learned.places, 8);	/* barred: not learned */
	learned.peaks[SPAN_HOUR] = 9;
	ck_assert(!merge());
	ck_assert_uint_eq(history.places.count, 1);
}
END_TEST

START_TEST(what_was_barred_today_is_not_learned_from_elsewhere)
{
	begin(TODAYS, TODAYS);
	history_bar(&history.places, 7);
	learned.places = (struct days_table){ 1, { { 7, TODAY | 2 } } };
	ck_assert(merge());
	ck_assert_uint_eq(history_days(&history.places, 7), BARRED | 2);
}
END_TEST

START_TEST(what_is_counted_now_stays)
{
	struct history before;

	begin(TODAYS, TODAYS);
	history_count(&history.rings[SPAN_HOUR], MAIL_ALL);
	history_see(&history.new_places, 7, TODAYS * DAY);
	history_mark(&history.deferred, 0);
	history_count(&learned.rings[SPAN_HOUR], MAIL_NEW);
	history_see(&learned.new_places, 8, TODAYS * DAY);
	before = history;
	ck_assert(!merge());
	ck_assert_mem_eq(&history, &before, sizeof(history));
}
END_TEST

/* Two full tables: the better half of both, however often. */
START_TEST(more_than_there_is_room_for)
{
	for (int overlap = 0; overlap <= HISTORY_DAYS_MAX; overlap += 16) {
		begin(TODAYS, TODAYS);
		for (uint64_t i = 0; i < HISTORY_DAYS_MAX; i++) {
			history.places.list[i] = (struct days){ i + 1,
				UINT64_C(2) << i * 7 % 50 };
			learned.places.list[i] = (struct days){
				i + 1 + HISTORY_DAYS_MAX - (uint64_t)overlap,
				UINT64_C(2) << i * 11 % 50 };
		}
		history.places.count = HISTORY_DAYS_MAX;
		learned.places.count = HISTORY_DAYS_MAX;
		merge();
		ck_assert_uint_eq(history.places.count, HISTORY_DAYS_MAX);
	}
}
END_TEST

UNIT("store/history_merge", an_account_that_nothing_is_known_of,
    the_same_log_some_days_later, days_of_either, what_is_later_turns_the_day,
    what_is_known_already_changes_nothing,
    what_was_barred_today_is_not_learned_from_elsewhere,
    what_is_counted_now_stays, more_than_there_is_room_for)
