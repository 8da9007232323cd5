/*
 * test_limits.c -- is an account over its limits?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/limits.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* Settings as people say them: lists are words, UNLIMITED is UINT32_MAX. */
struct given {
	uint32_t countries, networks, home_countries, home_networks;
	const char *home, *exempt, *only_countries, *only_networks;
};

static void
each_word(const char *words, void (*take)(struct settings *, const char *),
    struct settings *settings)
{
	char copy[200];
	char *state = NULL;

	snprintf(copy, sizeof(copy), "%s", words != NULL ? words : "");
	for (char *word = strtok_r(copy, " ", &state); word != NULL;
	     word = strtok_r(NULL, " ", &state))
		take(settings, word);
}

static void
take_home(struct settings *settings, const char *word)
{
	ck_assert_int_eq(countries_add(&settings->home_countries, word), 0);
}

static void
take_exempt(struct settings *settings, const char *word)
{
	ck_assert_int_eq(countries_add(&settings->exempt_countries, word), 0);
}

static void
take_only_country(struct settings *settings, const char *word)
{
	ck_assert_int_eq(countries_add(&settings->only_countries, word), 0);
}

static void
take_only_network(struct settings *settings, const char *word)
{
	struct addr network;

	ck_assert_int_eq(addr_parse(word, &network), 0);
	networks_add(&settings->only_networks, &network);
}

static void
make(const struct given *given, struct settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	settings->window_s = 86400;
	settings->limits[MEASURE_COUNTRIES] = given->countries;
	settings->limits[MEASURE_NETWORKS] = given->networks;
	settings->limits[MEASURE_HOME_COUNTRIES] = given->home_countries;
	settings->limits[MEASURE_HOME_NETWORKS] = given->home_networks;
	each_word(given->home, take_home, settings);
	each_word(given->exempt, take_exempt, settings);
	each_word(given->only_countries, take_only_country, settings);
	each_word(given->only_networks, take_only_network, settings);
}

static void
unmake(struct settings *settings)
{
	countries_clear(&settings->home_countries);
	countries_clear(&settings->exempt_countries);
	countries_clear(&settings->only_countries);
	networks_clear(&settings->only_networks);
}

static struct login
login_from(const char *address, const char *country)
{
	struct login login = { .country = "" };

	ck_assert_int_eq(addr_parse(address, &login.client), 0);
	login.network = addr_mask(&login.client, 32, 64);
	snprintf(login.country, sizeof(login.country), "%s", country);
	return login;
}

/* Foreign countries and networks, and those at home. */
#define FOUND(some, more, home, home_more)                                     \
	{ .found = { [MEASURE_COUNTRIES] = some, [MEASURE_NETWORKS] = more,    \
	    [MEASURE_HOME_COUNTRIES] = home,                                   \
	    [MEASURE_HOME_NETWORKS] = home_more } }
#define U UNLIMITED
static const struct {
	const char *name;
	struct given given;
	struct evidence evidence;	/* the login included */
	const char *address, *country;
	struct judgement expected;
} rows[] = {
	{ "a first login passes", { .countries = 3, .networks = 10 },
	    FOUND(1, 1, 0, 0), "192.0.2.1", "DE", { CAUSE_NONE, 0, 0 } },
	{ "the limit of countries itself is allowed",
	    { .countries = 3, .networks = 10 }, FOUND(3, 3, 0, 0),
	    "192.0.2.1", "DE", { CAUSE_NONE, 0, 0 } },
	{ "one country more is not", { .countries = 3, .networks = 10 },
	    FOUND(4, 4, 0, 0), "192.0.2.1", "DE", { CAUSE_COUNTRIES, 4, 3 } },
	{ "the limit of networks itself is allowed",
	    { .countries = 3, .networks = 10 }, FOUND(1, 10, 0, 0),
	    "192.0.2.1", "DE", { CAUSE_NONE, 0, 0 } },
	{ "one network more is not", { .countries = 3, .networks = 10 },
	    FOUND(1, 11, 0, 0), "192.0.2.1", "DE", { CAUSE_NETWORKS, 11, 10 } },
	{ "of two causes the countries are named",
	    { .countries = 3, .networks = 10 }, FOUND(4, 11, 0, 0),
	    "192.0.2.1", "DE", { CAUSE_COUNTRIES, 4, 3 } },
	{ "a limit of 0 forbids the first foreign country",
	    { .countries = 0, .networks = 10, .home = "DE",
		.home_countries = 1, .home_networks = 5 },
	    FOUND(1, 1, 1, 1), "192.0.2.1", "FR", { CAUSE_COUNTRIES, 1, 0 } },
	{ "a limit of 0 does not forbid home",
	    { .countries = 0, .networks = 0, .home = "DE",
		.home_countries = 1, .home_networks = 5 },
	    FOUND(0, 0, 1, 5), "192.0.2.1", "DE", { CAUSE_NONE, 0, 0 } },
	{ "home networks have a limit of their own",
	    { .countries = 3, .networks = 10, .home = "DE",
		.home_countries = 1, .home_networks = 5 },
	    FOUND(0, 0, 1, 6), "192.0.2.1", "DE",
	    { CAUSE_HOME_NETWORKS, 6, 5 } },
	{ "home countries, too",
	    { .countries = 3, .networks = 10, .home = "DE AT CH",
		.home_countries = 2, .home_networks = 9 },
	    FOUND(0, 0, 3, 3), "192.0.2.1", "CH",
	    { CAUSE_HOME_COUNTRIES, 3, 2 } },
	{ "unlimited lifts every limit",
	    { .countries = U, .networks = U, .home_countries = U,
		.home_networks = U },
	    FOUND(200, 4000000000u, 9, 9), "192.0.2.1", "DE",
	    { CAUSE_NONE, 0, 0 } },
	{ "a login from an allowed country passes whatever was before",
	    { .countries = 1, .networks = 1, .only_countries = "DE AT" },
	    FOUND(9, 99, 0, 0), "192.0.2.1", "AT", { CAUSE_NONE, 0, 0 } },
	{ "one from another country is over at once",
	    { .countries = 3, .networks = 10, .only_countries = "DE AT" },
	    FOUND(1, 1, 0, 0), "192.0.2.1", "FR",
	    { CAUSE_ONLY_COUNTRIES, 1, 0 } },
	{ "an unknown country is not outside",
	    { .countries = 0, .networks = 0, .only_countries = "DE" },
	    FOUND(0, 9, 0, 0), "192.0.2.1", "", { CAUSE_NONE, 0, 0 } },
	{ "an exempt country is not outside",
	    { .countries = 0, .networks = 0, .only_countries = "DE",
		.exempt = "FR" },
	    FOUND(0, 0, 0, 0), "192.0.2.1", "FR", { CAUSE_NONE, 0, 0 } },
	{ "a login from an allowed network passes",
	    { .countries = 0, .networks = 0,
		.only_networks = "192.0.2.0/24 2001:db8::/32" },
	    FOUND(9, 9, 0, 0), "2001:db8::1", "FR", { CAUSE_NONE, 0, 0 } },
	{ "one from another network is over at once",
	    { .countries = 9, .networks = 9,
		.only_networks = "192.0.2.0/24" },
	    FOUND(1, 1, 0, 0), "198.51.100.1", "DE",
	    { CAUSE_ONLY_NETWORKS, 1, 0 } },
	{ "without a country a network is still outside",
	    { .countries = 9, .networks = 9,
		.only_networks = "192.0.2.0/24" },
	    FOUND(1, 1, 0, 0), "198.51.100.1", "",
	    { CAUSE_ONLY_NETWORKS, 1, 0 } },
	{ "of two lists both must allow it: the country does not",
	    { .countries = 9, .networks = 9, .only_countries = "DE",
		.only_networks = "192.0.2.0/24" },
	    FOUND(1, 1, 0, 0), "192.0.2.1", "FR",
	    { CAUSE_ONLY_COUNTRIES, 1, 0 } },
	{ "of two lists both must allow it: the network does not",
	    { .countries = 9, .networks = 9, .only_countries = "DE",
		.only_networks = "192.0.2.0/24" },
	    FOUND(1, 1, 0, 0), "198.51.100.1", "DE",
	    { CAUSE_ONLY_NETWORKS, 1, 0 } },
};

START_TEST(judges_by_the_table)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings settings;
		struct login login =
		    login_from(rows[i].address, rows[i].country);
		struct judgement got;

		make(&rows[i].given, &settings);
		got = limits_judge(&settings, &rows[i].evidence, &login);
		ck_assert_msg(got.cause == rows[i].expected.cause &&
			got.found == rows[i].expected.found &&
			got.limit == rows[i].expected.limit,
		    "%s: got cause %d, %u of %u", rows[i].name, got.cause,
		    got.found, got.limit);
		unmake(&settings);
	}
}
END_TEST

/* Logins as the store tells them. */
static const struct {
	const char *name;
	const char *networks[5], *countries[5];
	bool is_outside[5];
	const char *extra, *extra_country;	/* NULL: no login more */
	struct evidence expected;
} counts[] = {
	{ "nothing is nothing", { NULL }, { NULL }, { false }, NULL, NULL,
	    FOUND(0, 0, 0, 0) },
	{ "a country counts once, its networks each",
	    { "192.0.2.1", "192.0.2.2", "198.51.100.1" },
	    { "FR", "FR", "SE" }, { false }, NULL, NULL, FOUND(2, 3, 0, 0) },
	{ "an unknown country is a network, and no country",
	    { "192.0.2.1", "192.0.2.2" }, { "", "FR" }, { false }, NULL, NULL,
	    FOUND(1, 2, 0, 0) },
	{ "home is counted apart", { "192.0.2.1", "192.0.2.2", "192.0.2.3" },
	    { "DE", "DE", "FR" }, { false }, NULL, NULL, FOUND(1, 1, 1, 2) },
	{ "an exempt country does not count, nor its networks",
	    { "192.0.2.1", "192.0.2.2" }, { "IT", "FR" }, { false }, NULL,
	    NULL, FOUND(1, 1, 0, 0) },
	{ "what is outside the window does not count",
	    { "192.0.2.1", "192.0.2.2" }, { "FR", "SE" }, { true, false },
	    NULL, NULL, FOUND(1, 1, 0, 0) },
	{ "one more login from a new place", { "192.0.2.1" }, { "FR" },
	    { false }, "192.0.2.9", "SE", FOUND(2, 2, 0, 0) },
	{ "one more from a place that is known", { "192.0.2.1" }, { "FR" },
	    { false }, "192.0.2.1", "FR", FOUND(1, 1, 0, 0) },
	{ "one more from a place that moved", { "192.0.2.1" }, { "FR" },
	    { false }, "192.0.2.1", "SE", FOUND(1, 1, 0, 0) },
	{ "one more from a place that was forgotten", { "192.0.2.1" },
	    { "FR" }, { true }, "192.0.2.1", "FR", FOUND(1, 1, 0, 0) },
};

START_TEST(counts_by_the_table)
{
	const struct given given = { .home = "DE", .exempt = "IT" };

	for (size_t i = 0; i < ROWS(counts); i++) {
		struct login_record logins[5];
		struct settings settings;
		struct login extra;
		struct evidence got;
		size_t n = 0;

		memset(logins, 0, sizeof(logins));
		for (; n < 5 && counts[i].networks[n] != NULL; n++) {
			ck_assert_int_eq(addr_parse(counts[i].networks[n],
			    &logins[n].network), 0);
			snprintf(logins[n].country, 3, "%s",
			    counts[i].countries[n]);
			logins[n].is_within = !counts[i].is_outside[n];
		}
		make(&given, &settings);
		if (counts[i].extra != NULL)
			extra = login_from(counts[i].extra,
			    counts[i].extra_country);
		got = limits_count(&settings, logins, n,
		    counts[i].extra != NULL ? &extra : NULL);
		ck_assert_msg(memcmp(&got, &counts[i].expected,
			sizeof(got)) == 0,
		    "%s: got %u countries, %u networks, home %u, %u",
		    counts[i].name, got.found[MEASURE_COUNTRIES],
		    got.found[MEASURE_NETWORKS],
		    got.found[MEASURE_HOME_COUNTRIES],
		    got.found[MEASURE_HOME_NETWORKS]);
		unmake(&settings);
	}
}
END_TEST

UNIT("policy/limits", judges_by_the_table, counts_by_the_table)
