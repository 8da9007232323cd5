/*
 * test_login_standing.c -- what is told of a login and its account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/login_standing.h"

#include "account_days.h"

#include <jansson.h>

#define TODAY_MS (20000 * DAY)

static const struct {
	const char *name;
	uint32_t asn;
	enum trust trust;
	uint64_t days;		/* of AWAY's */
	const char *state, *place;
	unsigned place_days;
	int64_t first_ms;
	unsigned known_places;
} rows[] = {
	{ "at home", HOME, TRUST_COUNTED, 0, "known", "AS64496", 30,
	    TODAY_MS - 30 * DAY, 1 },
	{ "never seen", AWAY, TRUST_COUNTED, 0, "new", "AS64497", 0, 0, 1 },
	{ "today alone", AWAY, TRUST_COUNTED, 1, "new", "AS64497", 1,
	    TODAY_MS, 1 },
	{ "barred, and once before", AWAY, TRUST_COUNTED, BARRED | 4, "new",
	    "AS64497", 1, TODAY_MS - 2 * DAY, 1 },
	{ "two days", AWAY, TRUST_COUNTED, 6, "young", "AS64497", 2,
	    TODAY_MS - 2 * DAY, 2 },
	{ "a provider's", AWAY, TRUST_PROVIDER, 0, "provider", "AS64497", 0, 0,
	    1 },
	{ "exempt", AWAY, TRUST_EXEMPT, 0, "exempt", "AS64497", 0, 0, 1 },
	{ "no system is known", 0, TRUST_COUNTED, 0, "new", "192.0.0.0/16", 0,
	    0, 1 },
};

static void
prepare(uint64_t away)
{
	begin(30);
	allowed[RULE_YOUNG_AROUND] = 0;
	if (away != 0)
		history.places.list[history.places.count++] = (struct days){
			(uint64_t)AWAY << 2, away };
}

START_TEST(places_and_what_is_known)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].name;
		struct login from = login(rows[i].asn, "DE");
		struct standing told;

		prepare(rows[i].days);
		from.trust = rows[i].trust;
		detect_begin(&history, &from, allowed, false, NOW, &attempt);
		standing_take(&told, &history, &attempt, allowed);
		ck_assert_str_eq(place_state_name(told.state),
		    rows[i].state);
		ck_assert_str_eq(told.place, rows[i].place);
		ck_assert_msg(told.place_days == rows[i].place_days, "%s",
		    name);
		ck_assert_msg(told.first_ms == rows[i].first_ms, "%s", name);
		ck_assert_msg(told.known_places == rows[i].known_places, "%s",
		    name);
		ck_assert(told.is_told && told.is_settled);
		ck_assert_uint_eq(told.days, 30);
		ck_assert_uint_eq(told.known_countries, 1);
	}
}
END_TEST

START_TEST(looking_counts_nothing)
{
	struct settings settings = { .window_s = 86400 };
	struct login from = login(AWAY, "FR");
	struct history before;
	struct standing told;

	prepare(0);
	memcpy(settings.rules, allowed, sizeof(settings.rules));
	memcpy(&before, &history, sizeof(before));
	standing_look(&told, &history, &from, &settings);
	ck_assert_int_eq(told.state, PLACE_NEW);
	ck_assert_mem_eq(&before, &history, sizeof(before));
}
END_TEST

START_TEST(an_account_without_a_login)
{
	struct standing told;

	prepare(0);
	standing_take(&told, &history, NULL, allowed);
	ck_assert_int_eq(told.state, PLACE_UNTOLD);
	ck_assert_str_eq(place_state_name(told.state), "");
	ck_assert_str_eq(told.place, "");
	ck_assert(told.is_told);
}
END_TEST

START_TEST(mails_what_is_allowed_and_the_peaks)
{
	struct span_use use;

	prepare(0);
	allowed[RULE_BURST_HOUR] = 10;
	allowed[RULE_BURST_HOUR_FACTOR] = 2000;
	allowed[RULE_QUOTA_HOUR] = 5;
	history.peaks[SPAN_HOUR] = 7.5;
	passes(mail(HOME, "DE", NOW));
	passes(mail(AWAY, "DE", NOW));
	standing_use(&history, SPAN_HOUR, allowed, &use);
	ck_assert_uint_eq(use.found[MAIL_ALL], 2);
	ck_assert_uint_eq(use.allowed[MAIL_ALL], 15);
	ck_assert_uint_eq(use.found[MAIL_NEW], 1);
	ck_assert_uint_eq(use.allowed[MAIL_NEW], 8);
	ck_assert_uint_eq(use.found[MAIL_YOUNG], 0);
	ck_assert_uint_eq(use.allowed[MAIL_YOUNG], UNLIMITED);
	ck_assert_double_eq(use.peak, 7.5);
}
END_TEST

/* --- written and read -------------------------------------------------------- */

static void
same(const struct standing *one, const struct standing *other)
{
	ck_assert_int_eq(one->state, other->state);
	ck_assert_str_eq(one->place, other->place);
	ck_assert_uint_eq(one->place_days, other->place_days);
	ck_assert_int_eq(one->first_ms, other->first_ms);
	ck_assert_int_eq(one->is_told, other->is_told);
	ck_assert_int_eq(one->is_settled, other->is_settled);
	ck_assert_uint_eq(one->days, other->days);
	ck_assert_uint_eq(one->known_places, other->known_places);
	ck_assert_uint_eq(one->known_countries, other->known_countries);
	for (int i = 0; i < SPANS; i++) {
		ck_assert_mem_eq(one->spans[i].found, other->spans[i].found,
		    sizeof(one->spans[i].found));
		ck_assert_mem_eq(one->spans[i].allowed,
		    other->spans[i].allowed, sizeof(one->spans[i].allowed));
		ck_assert_double_eq_tol(one->spans[i].peak,
		    other->spans[i].peak, 0.0005);
	}
}

START_TEST(what_is_written_is_read)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct login from = login(rows[i].asn, "DE");
		json_t *object = json_object();
		struct standing told, read;

		prepare(rows[i].days);
		history.peaks[SPAN_DAY] = 12.3456;
		allowed[RULE_QUOTA_HOUR] = 5;
		from.trust = rows[i].trust;
		detect_begin(&history, &from, allowed, false, NOW, &attempt);
		standing_take(&told, &history, i == 0 ? NULL : &attempt,
		    allowed);
		standing_write(&told, object);
		standing_read(&read, object);
		same(&told, &read);
		json_decref(object);
	}
}
END_TEST

/* What a store may leave out is left out: no null, and nothing in it. */
START_TEST(what_is_written_is_flat_and_whole)
{
	json_t *object = json_object();
	struct standing told;
	const char *key;
	json_t *value;

	prepare(0);
	standing_take(&told, &history, NULL, allowed);
	standing_write(&told, object);
	ck_assert(json_object_size(object) > 0);
	json_object_foreach(object, key, value)
		ck_assert_msg(json_is_integer(value) || json_is_string(value),
		    "%s", key);
	json_decref(object);
}
END_TEST

START_TEST(what_nobody_wrote_is_not_told)
{
	static const char *const texts[] = { "{}", "{\"state\":\"moon\"}",
		"{\"state\":7,\"place\":[],\"days\":\"x\"}",
		/* It would be cut within a character. */
		"{\"place\":\"........................................"
		"........................................\u00e9\"}" };

	for (size_t i = 0; i < ROWS(texts); i++) {
		json_t *object = json_loads(texts[i], 0, NULL);
		struct standing read;

		standing_read(&read, object);
		ck_assert_int_eq(read.state, PLACE_UNTOLD);
		ck_assert_str_eq(read.place, "");
		ck_assert(!read.is_told);
		json_decref(object);
	}
}
END_TEST

UNIT("store/login_standing", places_and_what_is_known, looking_counts_nothing,
    an_account_without_a_login, mails_what_is_allowed_and_the_peaks,
    what_is_written_is_read, what_is_written_is_flat_and_whole,
    what_nobody_wrote_is_not_told)
