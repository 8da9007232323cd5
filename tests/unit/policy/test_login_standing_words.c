/*
 * test_login_standing_words.c -- what is known of a login, in words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/login_standing_words.h"
#include "unit.h"

#define FIRST INT64_C(1767225600000)

static const struct {
	enum place_state state;
	const char *words, *german;
} rows[] = {
	{ PLACE_UNTOLD, "", "" },
	{ PLACE_NEW, "a place never used before", "nie zuvor benutzt" },
	{ PLACE_YOUNG, "a place first used lately, on 2026-01-01",
	    "erst seit kurzem benutzt, seit 2026-01-01" },
	{ PLACE_KNOWN, "a known place, since 2026-01-01",
	    "bekannt seit 2026-01-01" },
	{ PLACE_PROVIDER, "a provider's network", "das Netz eines Anbieters" },
	{ PLACE_EXEMPT, "not counted", "nicht gezählt" },
};

START_TEST(places)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct standing standing = { .state = rows[i].state,
			.first_ms = FIRST };
		char text[STANDING_WORDS_SIZE];

		ck_assert_str_eq(standing_place_words(&standing, LANGUAGE_EN,
		    text), rows[i].words);
		ck_assert_str_eq(standing_place_words(&standing,
		    LANGUAGE_UNSET, text), rows[i].words);
		ck_assert_str_eq(standing_place_words(&standing, LANGUAGE_DE,
		    text), rows[i].german);
	}
	ck_assert_uint_eq(ROWS(rows), PLACE_STATES);
}
END_TEST

START_TEST(first_days)
{
	struct standing standing = { .first_ms = FIRST + 1 };
	char text[STANDING_WORDS_SIZE];

	ck_assert_str_eq(standing_first(&standing, text), "2026-01-01");
	standing.first_ms = 0;
	ck_assert_str_eq(standing_first(&standing, text), "");
}
END_TEST

START_TEST(peaks_of_the_span_of_a_cause)
{
	struct standing standing = { .is_told = true, .spans = {
		[SPAN_HOUR] = { .peak = 12.4 }, [SPAN_DAY] = { .peak = 40 } } };
	char text[STANDING_WORDS_SIZE];

	ck_assert_str_eq(standing_peak(&standing, CAUSE_BURST_HOUR, text),
	    "12");
	ck_assert_str_eq(standing_peak(&standing, CAUSE_QUOTA_DAY, text),
	    "40");
	ck_assert_str_eq(standing_peak(&standing, CAUSE_COUNTRIES, text), "");
	standing.is_told = false;
	ck_assert_str_eq(standing_peak(&standing, CAUSE_BURST_HOUR, text), "");
}
END_TEST

START_TEST(accounts)
{
	struct standing standing = { .is_told = true, .days = 20,
		.known_places = 1, .known_countries = 1 };
	char text[STANDING_WORDS_SIZE];

	ck_assert_str_eq(standing_account_words(&standing, text),
	    "1 known place, 1 known country, mail on 20 of 60 days; "
	    "peaks: 0 mails in 1h, 0 in 24h");
	standing.known_places = 3;
	standing.known_countries = 2;
	standing.spans[SPAN_HOUR].peak = 12.6;
	standing.spans[SPAN_DAY].peak = 40;
	ck_assert_str_eq(standing_account_words(&standing, text),
	    "3 known places, 2 known countries, mail on 20 of 60 days; "
	    "peaks: 13 mails in 1h, 40 in 24h");
	standing.is_told = false;
	ck_assert_str_eq(standing_account_words(&standing, text), "");
}
END_TEST

UNIT("policy/login_standing_words", places, first_days,
    peaks_of_the_span_of_a_cause, accounts)
