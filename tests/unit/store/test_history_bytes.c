/*
 * test_history_bytes.c -- a history is read back as it was written, or not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/history.h"
#include "unit.h"

#include <string.h>

static uint64_t seed = 1;

/* xorshift64*: the same numbers on every machine. */
static uint64_t
roll(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * UINT64_C(2685821657736338717);
}

/* Numbers of all lengths. */
static uint64_t
number(unsigned bits)
{
	return roll() >> (64 - bits) >> roll() % bits;
}

static void
fill_days(struct days_table *table)
{
	table->count = (size_t)(roll() % (HISTORY_DAYS_MAX + 1));
	for (size_t i = 0; i < table->count; i++)
		table->list[i] = (struct days){ number(64), number(63) };
}

static void
fill_seen(struct sightings *seen)
{
	seen->count = (size_t)(roll() % (HISTORY_SEEN_MAX + 1));
	for (size_t i = 0; i < seen->count; i++)
		seen->list[i] = (struct sighting){ number(64),
			(int64_t)number(63) };
}

static void
fill(struct history *history)
{
	history_init(history);
	history->day = 1 + (int64_t)number(30);
	fill_days(&history->places);
	fill_days(&history->arounds);
	fill_days(&history->countries);
	history->active = number(63);
	history->deferred = number(63);
	for (int i = 0; i < SPANS; i++) {
		history->rings[i].newest = (int64_t)number(63);
		for (int kind = 0; kind < MAIL_KINDS; kind++)
			for (int k = (int)(roll() % 14); k > 0; k--)
				history->rings[i].sums[kind][k - 1] =
				    (uint32_t)number(32);
		history->peaks[i] = (double)number(32) / 7;
		history->tops[i] = (uint32_t)number(32);
	}
	fill_seen(&history->new_places);
	fill_seen(&history->new_countries);
}

static void
same_days(const struct days_table *one, const struct days_table *other)
{
	ck_assert_uint_eq(one->count, other->count);
	ck_assert_mem_eq(one->list, other->list,
	    one->count * sizeof(one->list[0]));
}

static void
same_seen(const struct sightings *one, const struct sightings *other)
{
	ck_assert_uint_eq(one->count, other->count);
	ck_assert_mem_eq(one->list, other->list,
	    one->count * sizeof(one->list[0]));
}

static void
same(const struct history *one, const struct history *other)
{
	ck_assert_int_eq(one->day, other->day);
	same_days(&one->places, &other->places);
	same_days(&one->arounds, &other->arounds);
	same_days(&one->countries, &other->countries);
	ck_assert_uint_eq(one->active, other->active);
	ck_assert_uint_eq(one->deferred, other->deferred);
	for (int i = 0; i < SPANS; i++) {
		ck_assert_int_eq(one->rings[i].newest,
		    other->rings[i].newest);
		ck_assert_mem_eq(one->rings[i].sums, other->rings[i].sums,
		    sizeof(one->rings[i].sums));
	}
	ck_assert_mem_eq(one->peaks, other->peaks, sizeof(one->peaks));
	ck_assert_mem_eq(one->tops, other->tops, sizeof(one->tops));
	same_seen(&one->new_places, &other->new_places);
	same_seen(&one->new_countries, &other->new_countries);
}

static void
is_none(const struct history *history)
{
	struct history none;

	history_init(&none);
	same(history, &none);
}

START_TEST(random_histories_are_read_back)
{
	uint8_t bytes[HISTORY_BYTES_MAX];
	struct history history, back;

	for (int i = 0; i < 2000; i++) {
		size_t length;

		fill(&history);
		length = history_pack(&history, bytes);
		ck_assert_uint_le(length, HISTORY_BYTES_MAX);
		history_unpack(&back, bytes, length);
		same(&history, &back);
	}
}
END_TEST

START_TEST(the_largest_of_all_has_room)
{
	uint8_t bytes[HISTORY_BYTES_MAX + 1];
	struct history history, back;
	struct days_table *const tables[] = { &history.places,
		&history.arounds, &history.countries };
	struct sightings *const lists[] = { &history.new_places,
		&history.new_countries };

	history_init(&history);
	history.day = INT32_MAX;
	for (size_t t = 0; t < ROWS(tables); t++) {
		tables[t]->count = HISTORY_DAYS_MAX;
		for (size_t i = 0; i < HISTORY_DAYS_MAX; i++)
			tables[t]->list[i] = (struct days){ UINT64_MAX - i,
				UINT64_MAX >> 1 };
	}
	for (size_t t = 0; t < ROWS(lists); t++) {
		lists[t]->count = HISTORY_SEEN_MAX;
		for (size_t i = 0; i < HISTORY_SEEN_MAX; i++)
			lists[t]->list[i] = (struct sighting){
				UINT64_MAX - i, INT64_MAX };
	}
	history.active = history.deferred = UINT64_MAX >> 1;
	for (int i = 0; i < SPANS; i++) {
		history.rings[i].newest = INT64_MAX;
		memset(history.rings[i].sums, 0xff,
		    sizeof(history.rings[i].sums));
		history.peaks[i] = UINT32_MAX;
		history.tops[i] = UINT32_MAX;
	}
	bytes[HISTORY_BYTES_MAX] = 77;
	history_unpack(&back, bytes, history_pack(&history, bytes));
	ck_assert_uint_eq(bytes[HISTORY_BYTES_MAX], 77);
	same(&history, &back);
}
END_TEST

START_TEST(it_is_written_the_same_on_every_machine)
{
	static const uint8_t expected[] = { 2, 0xa0, 0x9c, 1,	/* day */
		1, 0x2c, 0x86, 1,		/* a place */
		0, 0, 6, 0,			/* active on two days */
		5, 2, 3, 200, 1, 0, 0, 1, 3, 0,	/* the ring of an hour */
		0, 0, 0, 0, 0, 0, 0x59, 0x40, 9,	/* 100, 9 */
		0, 0, 0, 0, 0, 0,		/* that of 24 */
		0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 1, 7, 0, 0, 0,		/* that of 7 days */
		0, 0, 0, 0, 0, 0, 0, 0, 4,
		1, 0x2c, 0xe8, 7, 0 };		/* seen */
	uint8_t bytes[HISTORY_BYTES_MAX];
	struct history history;

	history_init(&history);
	history.day = 20000;
	history.places = (struct days_table){ 1, { { 0x2c, 134 } } };
	history.active = 6;
	history.rings[SPAN_HOUR].newest = 5;
	history.rings[SPAN_HOUR].sums[MAIL_ALL][0] = 3;
	history.rings[SPAN_HOUR].sums[MAIL_ALL][1] = 200;
	history.rings[SPAN_HOUR].sums[MAIL_USUAL][0] = 3;
	history.peaks[SPAN_HOUR] = 100;
	history.tops[SPAN_HOUR] = 9;
	history.rings[SPAN_WEEK].sums[MAIL_YOUNG][0] = 7;
	history.tops[SPAN_WEEK] = 4;
	history.new_places = (struct sightings){ 1, { { 0x2c, 1000 } } };
	ck_assert_uint_eq(history_pack(&history, bytes), sizeof(expected));
	ck_assert_mem_eq(bytes, expected, sizeof(expected));
}
END_TEST

START_TEST(what_is_cut_or_longer_is_none)
{
	uint8_t bytes[HISTORY_BYTES_MAX + 1] = { 0 };
	struct history history, back;

	for (int i = 0; i < 20; i++) {
		size_t length;

		fill(&history);
		length = history_pack(&history, bytes);
		for (size_t cut = 0; cut < length; cut++) {
			history_unpack(&back, bytes, cut);
			is_none(&back);
		}
		bytes[length] = 0;
		history_unpack(&back, bytes, length + 1);
		is_none(&back);
	}
	history_unpack(&back, NULL, 0);
	is_none(&back);
}
END_TEST

START_TEST(any_bytes_are_a_history_or_none)
{
	static const double odd[] = { -1, 1e300 };
	uint8_t bytes[HISTORY_BYTES_MAX], again[HISTORY_BYTES_MAX];
	struct history history, back;
	int kept = 0;

	for (int i = 0; i < 20000; i++) {
		size_t length;

		fill(&history);
		length = history_pack(&history, bytes);
		for (uint64_t k = roll() % 3 + 1; k > 0; k--)
			bytes[roll() % length] = (uint8_t)roll();
		history_unpack(&back, bytes, length);
		if (back.day == 0) {
			is_none(&back);
			continue;
		}
		kept++;
		history_unpack(&history, again, history_pack(&back, again));
		same(&back, &history);
	}
	ck_assert_int_gt(kept, 0);
	for (size_t i = 0; i < ROWS(odd); i++) {
		fill(&history);
		history.peaks[SPAN_DAY] = odd[i];
		history_unpack(&back, bytes, history_pack(&history, bytes));
		is_none(&back);
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)roll();
	history_unpack(&back, bytes, sizeof(bytes));
	is_none(&back);
}
END_TEST

START_TEST(what_was_written_before_there_was_a_week_is_read)
{
	enum { WEEK = 1 + MAIL_KINDS + 8 + 1, SEEN = 2 };
	uint8_t bytes[HISTORY_BYTES_MAX];
	struct history history, back;
	size_t length;

	fill(&history);
	history.new_places.count = history.new_countries.count = 0;
	memset(&history.rings[SPAN_WEEK], 0, sizeof(history.rings[0]));
	history.peaks[SPAN_WEEK] = 0;
	history.tops[SPAN_WEEK] = 0;
	length = history_pack(&history, bytes);
	bytes[0] = 1;
	memset(bytes + length - WEEK - SEEN, 0, SEEN);
	history_unpack(&back, bytes, length - WEEK);
	same(&back, &history);
	ck_assert_int_ne(back.day, 0);
	history_unpack(&back, bytes, length);
	is_none(&back);
}
END_TEST

START_TEST(a_format_to_come_is_none)
{
	uint8_t bytes[HISTORY_BYTES_MAX];
	struct history history;
	size_t length;

	fill(&history);
	length = history_pack(&history, bytes);
	bytes[0]++;
	history_unpack(&history, bytes, length);
	is_none(&history);
}
END_TEST

UNIT("store/history_bytes", random_histories_are_read_back,
    the_largest_of_all_has_room, it_is_written_the_same_on_every_machine,
    what_is_cut_or_longer_is_none, any_bytes_are_a_history_or_none,
    what_was_written_before_there_was_a_week_is_read,
    a_format_to_come_is_none)
