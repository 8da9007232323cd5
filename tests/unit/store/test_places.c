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
	{ { [MEASURE_COUNTRIES] = some, [MEASURE_NETWORKS] = more,             \
	    [MEASURE_HOME_COUNTRIES] = home,                                   \
	    [MEASURE_HOME_NETWORKS] = home_more } }

/* One login of each country, a second after the other; "" ends them. */
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
	{ "a login of the very moment does not count", { "DE", "AT", "CH" },
	    NULL, NULL, NOW + 1000, FOUND(1, 1, 0, 0) },
};

static struct work work;

static void
prepare(const char *const countries[8], size_t in_row)
{
	static struct place older[8];

	memset(&work, 0, sizeof(work));
	work.older = older;
	for (size_t i = 0; i < 8 && countries[i] != NULL; i++) {
		struct place *place = i < in_row ? &work.state.places[i] :
						   &older[i - in_row];

		memset(place, 0, sizeof(*place));
		snprintf(place->country, sizeof(place->country), "%s",
		    countries[i]);
		place->last_ms = NOW + (int64_t)i * 1000;
		if (i < in_row)
			work.state.place_count++;
		else
			work.older_count++;
	}
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
			ck_assert_msg(memcmp(&evidence, &rows[i].evidence,
			    sizeof(evidence)) == 0, "%s, %zu in the row",
			    rows[i].name, in_row);
		}
		countries_clear(&settings.home_countries);
		countries_clear(&settings.exempt_countries);
	}
}
END_TEST

START_TEST(one_that_moved_to_the_row_counts_once)
{
	static const char *const countries[8] = { "DE", "AT" };
	const struct settings settings = { .window_s = 86400 };

	prepare(countries, 1);
	work.older[0].is_gone = true;
	ck_assert_uint_eq(places_count(&work, &settings, 0)
	    .found[MEASURE_NETWORKS], 1);
	/* One that made room for another still does. */
	prepare(countries, 2);
	work.state.places[0].is_gone = true;
	ck_assert_uint_eq(places_count(&work, &settings, 0)
	    .found[MEASURE_NETWORKS], 2);
}
END_TEST

/* More than the few that need no memory of their own. */
START_TEST(autonomous_systems_count_once)
{
	const struct settings settings = { .window_s = 86400 };
	struct evidence evidence;
	struct tally tally = { 0 };

	for (int again = 0; again < 2; again++)
		for (uint32_t asn = 0; asn <= 5000; asn++)
			tally_add(&tally, &settings, "DE", asn);
	tally_add(&tally, &settings, "DE", UINT32_MAX);
	evidence = tally_end(&tally);
	ck_assert_uint_eq(evidence.found[MEASURE_ASNS], 5001);
	ck_assert_uint_eq(evidence.found[MEASURE_HOME_ASNS], 0);
	ck_assert_uint_eq(evidence.found[MEASURE_NETWORKS], 10003);
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

UNIT("store/places", places_count_wherever_they_stand,
    one_that_moved_to_the_row_counts_once,
    autonomous_systems_count_once, the_window_or_a_fresh_count)
