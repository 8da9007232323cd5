/*
 * test_older_places.c -- places that an account's row has no room for.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/older_places.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1767225600000)

static struct place
place_of(const char *country, uint32_t asn, int64_t last_ms)
{
	struct place place = { .asn = asn, .last_ms = last_ms };

	snprintf(place.country, sizeof(place.country), "%s", country);
	return place;
}

/* Order of groups is nobody's business. */
static uint32_t
networks_of(const struct older_places *older, const char *country,
    uint32_t asn)
{
	uint32_t networks = 0;

	for (size_t i = 0; i < older->count; i++)
		if (older->groups[i].asn == asn &&
		    strcmp(older->groups[i].country, country) == 0)
			networks += older->groups[i].networks;
	return networks;
}

static struct older_places
counted(void)
{
	struct older_places older = { .lost_ms = NOW - 500 };
	struct place places[] = { place_of("DE", 7, NOW - 10),
		place_of("", 0, NOW - 30), place_of("DE", 8, NOW - 20),
		place_of("DE", 7, NOW - 40) };

	older_count(&older, places, ROWS(places), NOW);
	return older;
}

START_TEST(they_are_counted_by_country_and_system)
{
	struct older_places older = counted();

	ck_assert(older.is_counted && older.is_changed);
	ck_assert_uint_eq(older.networks, 4);
	ck_assert_uint_eq(older.count, 3);
	ck_assert_uint_eq(networks_of(&older, "DE", 7), 2);
	ck_assert_uint_eq(networks_of(&older, "DE", 8), 1);
	ck_assert_uint_eq(networks_of(&older, "", 0), 1);
	ck_assert_int_eq(older.oldest_ms, NOW - 40);
	ck_assert_int_eq(older.counted_ms, NOW);
	older_clear(&older);
	ck_assert(!older.is_counted);
}
END_TEST

START_TEST(none_is_a_count_too)
{
	struct older_places older = { .count = 0 };

	older_count(&older, NULL, 0, NOW);
	ck_assert(older.is_counted && !older.is_changed);
	ck_assert_int_eq(older.oldest_ms, INT64_MAX);
	older_clear(&older);
}
END_TEST

START_TEST(they_come_and_go)
{
	struct older_places older = counted();
	struct place more = place_of("DE", 8, NOW - 5);
	struct place other = place_of("AT", 0, NOW - 50);
	struct place lost = place_of("DE", 8, NOW - 60);
	struct place unknown = place_of("FR", 0, NOW);

	older_add(&older, &more);
	older_add(&older, &other);
	ck_assert_uint_eq(networks_of(&older, "DE", 8), 2);
	ck_assert_uint_eq(networks_of(&older, "AT", 0), 1);
	ck_assert_uint_eq(older.networks, 6);
	ck_assert_int_eq(older.oldest_ms, NOW - 50);
	older_take(&older, &more);
	older_take(&older, &other);
	ck_assert_uint_eq(networks_of(&older, "AT", 0), 0);
	/* What was not counted cannot leave. */
	older.is_changed = false;
	older_take(&older, &lost);
	older_take(&older, &unknown);
	ck_assert(!older.is_changed);
	ck_assert_uint_eq(networks_of(&older, "DE", 8), 1);
	ck_assert_uint_eq(older.networks, 4);
	older_clear(&older);
}
END_TEST

START_TEST(they_are_read_back)
{
	struct older_places older = counted();
	struct older_places again = { .count = 0 };
	char *text = older_text(&older, NOW - 3);

	older_read(&again, text, NOW - 3);
	ck_assert(again.is_counted && !again.is_changed);
	ck_assert_uint_eq(again.networks, 4);
	ck_assert_uint_eq(networks_of(&again, "DE", 7), 2);
	ck_assert_uint_eq(networks_of(&again, "DE", 8), 1);
	ck_assert_uint_eq(networks_of(&again, "", 0), 1);
	ck_assert_int_eq(again.oldest_ms, NOW - 40);
	ck_assert_int_eq(again.counted_ms, NOW);
	ck_assert_int_eq(again.lost_ms, NOW - 500);
	/* Somebody changed the row who knows nothing of them. */
	older_read(&again, text, NOW - 2);
	ck_assert(!again.is_counted);
	ck_assert_uint_eq(again.count, 0);
	free(text);
	older_clear(&older);
}
END_TEST

/* The longest there can be. */
START_TEST(great_numbers)
{
	struct older_places older = { .is_counted = true,
		.oldest_ms = INT64_MAX, .counted_ms = INT64_MIN,
		.lost_ms = INT64_MIN };
	struct older_places again = { .count = 0 };
	struct place place = place_of("ZZ", UINT32_MAX, INT64_MAX);
	char *text;

	older_add(&older, &place);
	older.groups[0].networks = UINT32_MAX;
	text = older_text(&older, INT64_MIN);
	older_read(&again, text, INT64_MIN);
	ck_assert_uint_eq(networks_of(&again, "ZZ", UINT32_MAX), UINT32_MAX);
	ck_assert_int_eq(again.oldest_ms, INT64_MAX);
	free(text);
	older_clear(&older);
	older_clear(&again);
}
END_TEST

static const char *const broken[] = { "", "x", "1 2 3", "1 2 3 4\nDE",
	"1 2 3 4\nDE 7", "1 2 3 4\nDE 7 0", "1 2 3 4\nDE 7 x",
	"1 2 3 4\nDE 7 1x", "1 2 3 4\nDEU 7 1", "1 2 3 4\nDE 7 1\nA",
	"1 2 3 4\n\n" };

START_TEST(what_cannot_be_read_is_not_counted)
{
	for (size_t i = 0; i < ROWS(broken); i++) {
		struct older_places older = { .count = 0 };

		older_read(&older, broken[i], 1);
		ck_assert_msg(!older.is_counted && older.count == 0, "%s",
		    broken[i]);
		older_clear(&older);
	}
}
END_TEST

UNIT("store/older_places", they_are_counted_by_country_and_system,
    none_is_a_count_too, they_come_and_go, they_are_read_back, great_numbers,
    what_cannot_be_read_is_not_counted)
