/*
 * test_detect.c -- what an attempt is, and what passing or a block teaches.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "account_days.h"

static const struct {
	const char *name;
	uint32_t asn;
	enum trust trust;
	uint64_t days;		/* of AWAY's */
	bool is_new, is_young;
} attempts[] = {
	{ "at home", HOME, TRUST_COUNTED, 0, false, false },
	{ "never seen", AWAY, TRUST_COUNTED, 0, true, false },
	{ "one day", AWAY, TRUST_COUNTED, 2, true, false },
	{ "two days", AWAY, TRUST_COUNTED, 6, false, true },
	{ "today does not count", AWAY, TRUST_COUNTED, 3, true, false },
	{ "13 days ago", AWAY, TRUST_COUNTED, UINT64_C(3) << 12, false, true },
	{ "14 days ago", AWAY, TRUST_COUNTED, UINT64_C(3) << 13, false,
	    false },
	{ "a provider's", AWAY, TRUST_PROVIDER, 0, false, false },
	{ "exempt", AWAY, TRUST_EXEMPT, 0, false, false },
};

START_TEST(places_are_new_or_known_and_young_or_old)
{
	for (size_t i = 0; i < ROWS(attempts); i++) {
		struct login from = login(attempts[i].asn, "DE");

		begin(30);
		allowed[RULE_YOUNG_AROUND] = 0;
		history.places.list[history.places.count++] = (struct days){
			(uint64_t)AWAY << 2, attempts[i].days };
		from.trust = attempts[i].trust;
		ask(&from, NOW);
		ck_assert_msg(attempt.is_new == attempts[i].is_new &&
		    attempt.is_young == attempts[i].is_young, "%s",
		    attempts[i].name);
		/* Nothing is young where all is. */
		history.active &= (TODAY << 14) - 1;
		ask(&from, NOW);
		ck_assert_msg(!attempt.is_young, "%s", attempts[i].name);
	}
}
END_TEST

START_TEST(a_known_place_is_young_where_what_is_around_is_not_known)
{
	struct login from = login(HOME, "DE");

	begin(5);
	ask(&from, NOW);
	ck_assert(attempt.is_young);
	begin(4);			/* it is not settled */
	ask(&from, NOW);
	ck_assert(!attempt.is_young);
	begin(5);
	history.arounds = (struct days_table){ 1, { {
		place_name_around(&from.client), 6 } } };
	ask(&from, NOW);
	ck_assert(!attempt.is_young);
}
END_TEST

START_TEST(a_client_without_an_address_is_nowhere)
{
	struct login from = { .country = "" };

	begin(30);
	allowed[RULE_QUOTA_HOUR] = 0;
	passes(ask(&from, NOW));
	ck_assert(!attempt.is_new);
	detect_passed(&history, &attempt, allowed);
	ck_assert_uint_eq(history.places.count, 1);
	ck_assert_uint_eq(history_sum(&history.rings[SPAN_HOUR], MAIL_ALL),
	    1);
}
END_TEST

START_TEST(the_same_mail_once_more_is_no_attempt_more)
{
	struct login from = login(HOME, "DE");

	begin(30);
	detect_begin(&history, &from, allowed, false, NOW, &attempt);
	detect_begin(&history, &from, allowed, true, NOW, &attempt);
	ck_assert_uint_eq(history_sum(&history.rings[SPAN_HOUR], MAIL_ALL),
	    1);
	ck_assert_uint_eq(history_sum(&history.rings[SPAN_DAY], MAIL_YOUNG),
	    1);
}
END_TEST

START_TEST(what_passes_counts_and_teaches)
{
	struct login from = login(HOME, "DE");

	begin(5);
	passes(mail(1, "FR", NOW));
	passes(mail(HOME, "DE", NOW));
	ck_assert_uint_eq(history_sum(&history.rings[SPAN_DAY], MAIL_NEW), 1);
	/* From a known place, for the account is settled. */
	ck_assert_uint_eq(history.tops[SPAN_HOUR], 1);
	ck_assert_uint_eq(history.tops[SPAN_DAY], 1);
	ck_assert(history.active & TODAY);
	ck_assert_uint_eq(history_days(&history.places, 1 << 2), TODAY);
	ck_assert_uint_eq(history_days(&history.countries,
	    place_name_country("FR")), TODAY);
	ck_assert_uint_eq(history_days(&history.arounds,
	    place_name_around(&from.client)), TODAY);
	begin(4);
	passes(mail(1, "FR", NOW));
	ck_assert_uint_eq(history.tops[SPAN_HOUR], 1);
	/* Providers teach nothing but that there was mail. */
	begin(5);
	from = login(AWAY, "FR");
	from.trust = TRUST_PROVIDER;
	passes(ask(&from, NOW));
	detect_passed(&history, &attempt, allowed);
	ck_assert(history.active & TODAY);
	ck_assert_uint_eq(history.tops[SPAN_HOUR], 1);
	ck_assert_uint_eq(history.places.count, 1);
	ck_assert_uint_eq(history.countries.count, 1);
	ck_assert_uint_eq(history.arounds.count, 0);
}
END_TEST

START_TEST(a_block_unlearns_what_came_from_new_places_today)
{
	struct history before;

	begin(5);
	passes(mail(1, "FR", NOW - 9 * HOUR));	/* yesterday */
	passes(mail(2, "FR", NOW));
	passes(mail(HOME, "DE", NOW));
	before = history;
	detect_blocked(&history, allowed, NOW + DAY);	/* nothing that day */
	ck_assert_mem_eq(&history.places, &before.places,
	    sizeof(history.places));
	detect_blocked(&history, allowed, NOW);
	ck_assert_uint_eq(history_days(&history.places, 2 << 2), BARRED);
	ck_assert(history_days(&history.places, HOME << 2) & TODAY);
	ck_assert_uint_eq(history_days(&history.places, 1 << 2) & BARRED, 0);
}
END_TEST

START_TEST(a_block_after_a_clock_went_back_over_midnight_unlearns_too)
{
	begin(5);
	passes(mail(2, "FR", NOW));
	history_clamp(&history, NOW - 9 * HOUR);
	detect_blocked(&history, allowed, NOW - 9 * HOUR);
	ck_assert_uint_eq(history_days(&history.places, 2 << 2), BARRED);
}
END_TEST

UNIT("store/detect", places_are_new_or_known_and_young_or_old,
    a_known_place_is_young_where_what_is_around_is_not_known,
    a_client_without_an_address_is_nowhere,
    the_same_mail_once_more_is_no_attempt_more,
    what_passes_counts_and_teaches,
    a_block_unlearns_what_came_from_new_places_today,
    a_block_after_a_clock_went_back_over_midnight_unlearns_too)
