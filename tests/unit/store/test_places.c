/*
 * test_places.c -- what counts of an account's logins.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/places.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1767225600000)

/* Foreign countries and networks, and those at home. */
#define FOUND(some, more, home, home_more)                                     \
	{ .found = { [MEASURE_COUNTRIES] = some, [MEASURE_NETWORKS] = more,             \
	    [MEASURE_HOME_COUNTRIES] = home,                                   \
	    [MEASURE_HOME_NETWORKS] = home_more } }

/* One login of each country, a second before the other; NULL ends them. */
static const struct {
	const char *name;
	const char *countries[8];
	const char *home, *exempt;
	int64_t since_ms;
	struct evidence evidence;
} rows[] = {
	{ "none", { NULL }, NULL, NULL, 0, FOUND(0, 0, 0, 0) },
	{ "a country counts once, each network does", { "DE", "AT", "DE" },
	    NULL, NULL, 0, FOUND(2, 3, 0, 0) },
	{ "home is apart", { "DE", "AT", "DE", "CH" }, "DE", NULL, 0,
	    FOUND(2, 2, 1, 2) },
	{ "exempt countries do not count", { "DE", "AT", "CH" }, NULL, "AT",
	    0, FOUND(2, 2, 0, 0) },
	{ "not known is no country, but a network", { "", "", "DE" }, NULL,
	    NULL, 0, FOUND(1, 3, 0, 0) },
	{ "what is not two capitals is no country", { "zz", "1A", "A1" },
	    NULL, NULL, 0, FOUND(0, 3, 0, 0) },
	{ "the first and the last there can be", { "AA", "ZZ", "AZ", "ZA" },
	    NULL, NULL, 0, FOUND(4, 4, 0, 0) },
};

static struct work work;

/* The first of them in the row, the others before it. */
static void
prepare(const char *const countries[8], size_t in_row)
{
	struct place before[8];
	size_t count = 0;

	older_clear(&work.older);
	memset(&work, 0, sizeof(work));
	for (size_t i = 0; i < 8 && countries[i] != NULL; i++) {
		struct place *place = i < in_row ?
		    &work.state.places[work.state.place_count++] :
		    &before[count++];

		memset(place, 0, sizeof(*place));
		snprintf(place->country, sizeof(place->country), "%s",
		    countries[i]);
		place->last_ms = NOW + (int64_t)(7 - i) * 1000;
	}
	work.state.complete_ms = NOW + 7000;
	older_count(&work.older, before, count, NOW);
}

static void
set_list(struct countries *list, const char *country)
{
	if (country != NULL)
		ck_assert_int_eq(countries_add(list, country), 0);
}

START_TEST(places_count_wherever_they_stand)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings settings = { .window_s = 86400 };

		set_list(&settings.home_countries, rows[i].home);
		set_list(&settings.exempt_countries, rows[i].exempt);
		for (size_t in_row = 0; in_row <= 8; in_row += 2) {
			struct evidence evidence;

			prepare(rows[i].countries, in_row);
			evidence = places_count(&work, &settings,
			    rows[i].since_ms);
			ck_assert_msg(memcmp(evidence.found,
			    rows[i].evidence.found,
			    sizeof(evidence.found)) == 0, "%s, %zu in the row",
			    rows[i].name, in_row);
		}
		countries_clear(&settings.home_countries);
		countries_clear(&settings.exempt_countries);
	}
}
END_TEST

START_TEST(a_login_of_the_very_moment_does_not_count)
{
	static const char *const countries[8] = { "DE", "AT", "CH" };
	const struct settings settings = { .window_s = 86400 };

	prepare(countries, 8);
	ck_assert_uint_eq(places_count(&work, &settings, NOW + 6000)
	    .found[MEASURE_NETWORKS], 1);
	/* What is before the row's is not asked one by one. */
	prepare(countries, 1);
	ck_assert_uint_eq(places_count(&work, &settings, NOW + 7000)
	    .found[MEASURE_NETWORKS], 0);
	ck_assert_uint_eq(places_count(&work, &settings, NOW + 6999)
	    .found[MEASURE_NETWORKS], 3);
}
END_TEST

START_TEST(one_that_the_row_let_go_does_not_count_there)
{
	static const char *const countries[8] = { "DE", "AT" };
	const struct settings settings = { .window_s = 86400 };

	prepare(countries, 2);
	work.state.places[0].is_gone = true;
	ck_assert_uint_eq(places_count(&work, &settings, 0)
	    .found[MEASURE_NETWORKS], 1);
}
END_TEST

/* Who gave way is not counted, and that is said as long as it would be. */
START_TEST(so_many_or_more)
{
	static const char *const countries[8] = { "DE", "AT", "CH" };
	struct settings settings = { .window_s = 86400, .limits = {
	    [MEASURE_NETWORKS] = UNLIMITED, [MEASURE_COUNTRIES] = 3 } };
	struct place many[300] = { { .last_ms = NOW } };
	struct evidence evidence;

	prepare(countries, 1);
	ck_assert(!places_count(&work, &settings, 0).is_capped);
	work.older.lost_ms = NOW + 1;
	ck_assert(places_count(&work, &settings, 0).is_capped);
	ck_assert(!places_count(&work, &settings, NOW + 1).is_capped);
	for (size_t i = 1; i < 300; i++)
		many[i].last_ms = NOW + 2;
	older_count(&work.older, many, 300, NOW);
	settings.most_networks = 250;
	evidence = places_count(&work, &settings, 0);
	ck_assert_uint_eq(evidence.found[MEASURE_NETWORKS], 250);
	ck_assert_uint_eq(evidence.found[MEASURE_COUNTRIES], 1);
	/* A limit that is greater can be broken all the same. */
	settings.limits[MEASURE_NETWORKS] = 270;
	evidence = places_count(&work, &settings, 0);
	ck_assert_uint_eq(evidence.found[MEASURE_NETWORKS], 271);
	older_clear(&work.older);
}
END_TEST

/* More than the few that need no memory of their own. */
START_TEST(autonomous_systems_count_once)
{
	const struct settings settings = { .window_s = 86400 };
	struct evidence evidence;
	struct tally tally = { .asns = { 0 } };

	for (int again = 0; again < 2; again++)
		for (uint32_t asn = 0; asn <= 5000; asn++)
			tally_add(&tally, &settings, "DE", asn, 1);
	tally_add(&tally, &settings, "DE", UINT32_MAX, 2);
	evidence = tally_end(&tally);
	ck_assert_uint_eq(evidence.found[MEASURE_ASNS], 5001);
	ck_assert_uint_eq(evidence.found[MEASURE_HOME_ASNS], 0);
	ck_assert_uint_eq(evidence.found[MEASURE_NETWORKS], 10004);
}
END_TEST

START_TEST(the_window_or_a_fresh_count)
{
	const struct settings settings = { .window_s = 3600 };
	struct account_state state = { .since_ms = 0 };

	ck_assert_int_eq(places_since(&state, &settings, NOW), NOW - 3600000);
	state.since_ms = NOW - 1;
	ck_assert_int_eq(places_since(&state, &settings, NOW), NOW - 1);
	state.since_ms = NOW - 3600001;
	ck_assert_int_eq(places_since(&state, &settings, NOW), NOW - 3600000);
}
END_TEST

/* What may have been later than is known counts so much longer, up to a
 * sixtieth of the window. */
START_TEST(a_login_that_passed_from_memory_may_be_later)
{
	struct account_state state;
	struct settings settings = { .window_s = 86400 };

	state_init(&state);
	state.slack_ms = work_slack(60000);
	ck_assert_int_eq(state.slack_ms, 62000);
	ck_assert_int_eq(places_since(&state, &settings, NOW),
	    NOW - 86400000 - 62000);
	settings.window_s = 600;
	ck_assert_int_eq(places_since(&state, &settings, NOW),
	    NOW - 600000 - 10000);
	ck_assert_int_eq(work_slack(0), 0);
}
END_TEST

UNIT("store/places", places_count_wherever_they_stand,
    a_login_that_passed_from_memory_may_be_later,
    a_login_of_the_very_moment_does_not_count,
    one_that_the_row_let_go_does_not_count_there, so_many_or_more,
    autonomous_systems_count_once, the_window_or_a_fresh_count)
