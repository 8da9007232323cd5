/*
 * test_detect_rules.c -- five rules on the history of an account, at the edge.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "account_days.h"

START_TEST(rule_1_new_countries)
{
	for (unsigned days = 0; days < 10; days += 9) {
		begin(days);
		allowed[RULE_NEW_COUNTRIES_DAY] = 2;
		passes(mail(1, "FR", NOW));
		passes(mail(2, "FR", NOW));
		passes(mail(3, "", NOW));
		passes(mail(4, "DE", NOW));	/* known, if there are days */
		passes(mail(5, days > 0 ? "IT" : "DE", NOW));
		finds(mail(6, "ES", NOW), CAUSE_NEW_COUNTRIES, 3, 2, DAY);
		finds(mail(6, "ES", NOW + DAY - 1), CAUSE_NEW_COUNTRIES, 3, 2,
		    DAY);
		passes(mail(6, "ES", NOW + DAY));
	}
}
END_TEST

START_TEST(rule_1_a_country_of_a_known_place_is_not_new)
{
	begin(9);
	allowed[RULE_NEW_COUNTRIES_DAY] = 0;
	passes(mail(HOME, "FR", NOW));
	passes(mail(AWAY, "DE", NOW));
	finds(mail(AWAY, "FR", NOW), CAUSE_NEW_COUNTRIES, 1, 0, DAY);
	/* Once over, every place is. */
	finds(mail(HOME, "DE", NOW), CAUSE_NEW_COUNTRIES, 1, 0, DAY);
}
END_TEST

START_TEST(rule_2_new_places)
{
	begin(5);
	allowed[RULE_NEW_PLACES_HOUR] = 2;
	allowed[RULE_NEW_PLACES_DAY] = 3;
	passes(mail(1, "", NOW));
	passes(mail(2, "", NOW));
	passes(mail(HOME, "", NOW));
	finds(mail(3, "", NOW + HOUR - 1), CAUSE_NEW_PLACES_HOUR, 3, 2, HOUR);
	passes(mail(3, "", NOW + HOUR));
	passes(mail(1, "", NOW + 2 * HOUR));
	finds(mail(4, "", NOW + 3 * HOUR), CAUSE_NEW_PLACES_DAY, 4, 3, DAY);
}
END_TEST

START_TEST(the_greatest_limit_can_be_broken)
{
	for (int rule = RULE_NEW_COUNTRIES_DAY; rule <= RULE_NEW_PLACES_DAY;
	     rule++) {
		struct suspicion found = { .cause = CAUSE_NONE };

		begin(30);
		allowed[rule] = rules[rule].most;
		for (char c = 'A'; c <= 'Z' && found.cause == CAUSE_NONE; c++)
			for (int k = 0; k < 2 && found.cause == CAUSE_NONE;
			     k++) {
				char country[3] = { c, k ? 'X' : 'Y', '\0' };

				found = mail((uint32_t)c * 2 + (uint32_t)k,
				    country, NOW);
			}
		ck_assert_uint_eq(found.found, rules[rule].most + 1);
	}
}
END_TEST

START_TEST(rule_2_waits_for_an_account_to_settle)
{
	begin(4);
	allowed[RULE_NEW_PLACES_HOUR] = allowed[RULE_NEW_PLACES_DAY] = 0;
	ck_assert(!detect_is_settled(&history, allowed));
	passes(mail(1, "", NOW));
	begin(5);
	allowed[RULE_NEW_PLACES_HOUR] = allowed[RULE_NEW_PLACES_DAY] = 0;
	ck_assert(detect_is_settled(&history, allowed));
	finds(mail(1, "", NOW), CAUSE_NEW_PLACES_HOUR, 1, 0, HOUR);
}
END_TEST

/* Send so many mails from HOME, and the last. */
static struct suspicion
burst(uint32_t mails)
{
	struct suspicion found = { .cause = CAUSE_NONE };

	for (uint32_t i = 0; i < mails; i++) {
		passes(found);
		found = mail(HOME, "DE", NOW);
	}
	return found;
}

START_TEST(rule_3_bursts)
{
	begin(0);
	allowed[RULE_BURST_HOUR] = 10;
	passes(burst(10));
	finds(mail(HOME, "", NOW), CAUSE_BURST_HOUR, 11, 10, HOUR);
	begin(0);
	allowed[RULE_BURST_DAY] = 10;
	passes(burst(10));
	finds(mail(AWAY, "", NOW), CAUSE_BURST_DAY, 11, 10, DAY);
}
END_TEST

START_TEST(rule_3_a_peak_allows_more)
{
	begin(9);
	allowed[RULE_BURST_HOUR] = 10;
	allowed[RULE_BURST_HOUR_FACTOR] = 2000;
	history.peaks[SPAN_HOUR] = 7.25;		/* 14.5 */
	passes(burst(14));
	finds(mail(HOME, "", NOW), CAUSE_BURST_HOUR, 15, 14, HOUR);
	begin(9);
	allowed[RULE_BURST_DAY] = 10;
	allowed[RULE_BURST_DAY_FACTOR] = 3000;
	history.peaks[SPAN_DAY] = 4;
	history.peaks[SPAN_HOUR] = 100;
	passes(burst(12));
	finds(mail(HOME, "", NOW), CAUSE_BURST_DAY, 13, 12, DAY);
	begin(9);
	history.peaks[SPAN_DAY] = UINT32_MAX;
	allowed[RULE_BURST_DAY] = 1;
	passes(burst(50));
}
END_TEST

START_TEST(rule_3_bursts_from_young_places)
{
	begin(9);
	allowed[RULE_YOUNG_HOUR] = 10;
	passes(burst(10));		/* a /16 that is not known */
	finds(mail(HOME, "", NOW), CAUSE_YOUNG_HOUR, 11, 10, HOUR);
	begin(9);
	allowed[RULE_YOUNG_DAY] = 10;
	history.peaks[SPAN_DAY] = 4;
	passes(burst(12));		/* three times the peak */
	finds(mail(HOME, "", NOW), CAUSE_YOUNG_DAY, 13, 12, DAY);
	begin(9);
	allowed[RULE_YOUNG_HOUR] = 10;
	allowed[RULE_YOUNG_AROUND] = 0;
	passes(burst(50));
}
END_TEST

START_TEST(rule_3_a_week_of_little_from_elsewhere)
{
	begin(9);
	allowed[RULE_YOUNG_WEEK] = 10;
	passes(burst(6));		/* a /16 that is not known */
	for (int i = 0; i < 4; i++)
		passes(mail(AWAY, "FR", NOW + 2 * DAY));
	finds(mail(AWAY, "FR", NOW + 3 * DAY), CAUSE_YOUNG_WEEK, 11, 10,
	    7 * DAY);
	passes(mail(HOME, "DE", NOW + 3 * DAY));	/* known by now */
	passes(mail(AWAY, "FR", NOW + 8 * DAY));
	begin(9);
	allowed[RULE_YOUNG_WEEK] = 10;
	history.peaks[SPAN_WEEK] = 6;
	passes(burst(12));		/* twice the peak */
	finds(mail(HOME, "DE", NOW), CAUSE_YOUNG_WEEK, 13, 12, 7 * DAY);
	ck_assert_uint_eq(history.tops[SPAN_WEEK], 0);
	ck_assert_uint_eq(history.tops[SPAN_DAY], 12);
}
END_TEST

START_TEST(rule_3_who_is_not_settled_has_no_week)
{
	begin(4);
	allowed[RULE_YOUNG_WEEK] = 10;
	for (int i = 0; i < 20; i++)
		passes(mail(AWAY, "FR", NOW));
	ck_assert_uint_eq(history.tops[SPAN_WEEK], 20);
}
END_TEST

START_TEST(rule_3_speaks_of_providers_and_exempt_networks_too)
{
	struct login from = login(AWAY, "FR");

	begin(9);
	allowed[RULE_BURST_HOUR] = 1;
	allowed[RULE_QUOTA_HOUR] = 0;
	allowed[RULE_NEW_COUNTRIES_DAY] = 0;
	from.trust = TRUST_PROVIDER;
	passes(ask(&from, NOW));
	from.trust = TRUST_EXEMPT;
	finds(ask(&from, NOW), CAUSE_BURST_HOUR, 2, 1, HOUR);
}
END_TEST

START_TEST(rule_5_a_quota_from_new_places)
{
	begin(5);
	allowed[RULE_QUOTA_HOUR] = 2;
	allowed[RULE_QUOTA_DAY] = 3;
	passes(mail(1, "", NOW));
	passes(mail(2, "", NOW));
	finds(mail(1, "", NOW), CAUSE_QUOTA_HOUR, 3, 2, HOUR);
	passes(mail(HOME, "", NOW));
	passes(mail(1, "", NOW + 2 * HOUR));
	finds(mail(1, "", NOW + 4 * HOUR), CAUSE_QUOTA_DAY, 4, 3, DAY);
}
END_TEST

START_TEST(rule_5_is_wider_for_beginners_and_for_who_sends_more)
{
	begin(4);
	allowed[RULE_QUOTA_HOUR] = allowed[RULE_QUOTA_DAY] = 0;
	allowed[RULE_BEGINNER_HOUR] = 1;
	passes(mail(1, "", NOW));
	finds(mail(1, "", NOW), CAUSE_QUOTA_HOUR, 2, 1, HOUR);
	begin(4);
	allowed[RULE_BEGINNER_DAY] = 1;
	passes(mail(1, "", NOW));
	finds(mail(1, "", NOW), CAUSE_QUOTA_DAY, 2, 1, DAY);
	begin(5);
	allowed[RULE_QUOTA_HOUR] = 1;
	history.peaks[SPAN_HOUR] = 2.5;
	passes(mail(1, "", NOW));
	passes(mail(1, "", NOW));
	passes(mail(1, "", NOW));
	finds(mail(1, "", NOW), CAUSE_QUOTA_HOUR, 4, 3, HOUR);
}
END_TEST

START_TEST(rule_5_bars_the_place_for_the_day)
{
	begin(5);
	allowed[RULE_QUOTA_HOUR] = 1;
	passes(mail(1, "FR", NOW));
	ck_assert_uint_eq(history_days(&history.places, 1 << 2), TODAY);
	mail(1, "FR", NOW);
	ck_assert_uint_eq(history_days(&history.places, 1 << 2), BARRED);
	ck_assert_uint_eq(history.deferred, TODAY);
	passes(mail(1, "FR", NOW + 3 * HOUR));
	ck_assert_uint_eq(history_days(&history.places, 1 << 2), BARRED);
}
END_TEST

START_TEST(rule_4_deferred_on_too_many_days)
{
	begin(30);
	allowed[RULE_QUOTA_HOUR] = 0;
	allowed[RULE_DEFERRALS] = 3;
	for (int day = 0; day < 12; day += 4)	/* never three of seven */
		finds(mail(1, "", NOW + day * DAY), CAUSE_QUOTA_HOUR, 1, 0,
		    HOUR);
	finds(mail(1, "", NOW + 9 * DAY), CAUSE_DEFERRALS, 3, 2, 7 * DAY);
	/* Which attempts to do it again that day. */
	finds(mail(1, "", NOW + 9 * DAY), CAUSE_DEFERRALS, 3, 2, 7 * DAY);
	passes(mail(HOME, "", NOW + 9 * DAY));
}
END_TEST

START_TEST(rule_4_deferred_for_too_long)
{
	begin(30);
	allowed[RULE_QUOTA_HOUR] = 0;
	allowed[RULE_PATIENCE] = 3;
	for (int i = 0; i < 30; i++)
		finds(mail(1, "", NOW + i / 10 * 5 * MINUTE),
		    CAUSE_QUOTA_HOUR, 1, 0, HOUR);
	finds(mail(1, "", NOW + 15 * MINUTE), CAUSE_PATIENCE, 4, 3,
	    65 * MINUTE);
	finds(mail(1, "", NOW + 65 * MINUTE), CAUSE_PATIENCE, 4, 3,
	    65 * MINUTE);
	finds(mail(1, "", NOW + 80 * MINUTE), CAUSE_QUOTA_HOUR, 1, 0, HOUR);
}
END_TEST

START_TEST(rule_4_deferred_too_often)
{
	struct login from = login(1, "");

	begin(30);
	allowed[RULE_QUOTA_HOUR] = 0;
	allowed[RULE_TRIES] = 3;
	for (int i = 0; i < 3; i++)
		finds(mail(1, "", NOW), CAUSE_QUOTA_HOUR, 1, 0, HOUR);
	/* The last one once more: its next recipient. */
	detect_begin(&history, &from, allowed, true, NOW, &attempt);
	ck_assert_int_eq(detect_judge(&history, &attempt, allowed, true,
	    NOW).cause, CAUSE_QUOTA_HOUR);
	finds(mail(1, "", NOW + 64 * MINUTE), CAUSE_TRIES, 4, 3, 65 * MINUTE);
	finds(mail(1, "", NOW + 65 * MINUTE), CAUSE_QUOTA_HOUR, 1, 0, HOUR);
}
END_TEST

START_TEST(a_young_store_keeps_silent_but_for_rules_1_and_2)
{
	struct login from = login(AWAY, "FR");

	begin(30);
	allowed[RULE_QUOTA_HOUR] = 0;
	allowed[RULE_BURST_HOUR] = 1;
	for (int i = 0; i < 3; i++) {
		detect_begin(&history, &from, allowed, false, NOW, &attempt);
		passes(detect_judge(&history, &attempt, allowed, false,
		    NOW));
	}
	allowed[RULE_NEW_PLACES_DAY] = 0;
	ck_assert_int_eq(detect_judge(&history, &attempt, allowed, false,
	    NOW).cause, CAUSE_NEW_PLACES_DAY);
	allowed[RULE_NEW_COUNTRIES_DAY] = 0;
	ck_assert_int_eq(detect_judge(&history, &attempt, allowed, false,
	    NOW).cause, CAUSE_NEW_COUNTRIES);
}
END_TEST

/* All five would speak: each in its turn, as the one before is off. */
START_TEST(rules_have_an_order)
{
	static const struct {
		enum rule rule;
		enum cause cause;
	} order[] = {
		{ RULE_NEW_COUNTRIES_DAY, CAUSE_NEW_COUNTRIES },
		{ RULE_NEW_PLACES_HOUR, CAUSE_NEW_PLACES_HOUR },
		{ RULE_NEW_PLACES_DAY, CAUSE_NEW_PLACES_DAY },
		{ RULE_BURST_HOUR, CAUSE_BURST_HOUR },
		{ RULE_BURST_DAY, CAUSE_BURST_DAY },
		{ RULE_QUOTA_HOUR, CAUSE_QUOTA_HOUR },
		{ RULE_QUOTA_DAY, CAUSE_QUOTA_DAY },
	};

	for (size_t off = 0; off < ROWS(order); off++) {
		struct login from = login(AWAY, "FR");

		begin(30);
		for (size_t i = off; i < ROWS(order); i++)
			allowed[order[i].rule] = 0;
		ck_assert_int_eq(ask(&from, NOW).cause, order[off].cause);
	}
}
END_TEST

UNIT("store/detect_rules", rule_1_new_countries,
    rule_1_a_country_of_a_known_place_is_not_new, rule_2_new_places,
    the_greatest_limit_can_be_broken,
    rule_2_waits_for_an_account_to_settle, rule_3_bursts,
    rule_3_a_peak_allows_more, rule_3_bursts_from_young_places,
    rule_3_a_week_of_little_from_elsewhere,
    rule_3_who_is_not_settled_has_no_week,
    rule_3_speaks_of_providers_and_exempt_networks_too,
    rule_5_a_quota_from_new_places,
    rule_5_is_wider_for_beginners_and_for_who_sends_more,
    rule_5_bars_the_place_for_the_day, rule_4_deferred_on_too_many_days,
    rule_4_deferred_for_too_long, rule_4_deferred_too_often,
    a_young_store_keeps_silent_but_for_rules_1_and_2, rules_have_an_order)
