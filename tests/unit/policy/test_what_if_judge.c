/*
 * test_what_if_judge.c -- would these logins have broken a limit?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/what_if_judge.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600000 };

/* A login: country, first and last seen, in hours. */
struct seen {
	const char *country;
	int first, last;
};

static const struct {
	const char *what;
	uint32_t countries, networks;
	int since;	/* hours; 0: no fresh count */
	struct seen logins[4];
	int at;		/* when it is blocked; 0: never */
} rows[] = {
	{ "the limit itself is allowed", 2, 9, 0,
	    { { "DE", 1, 1 }, { "FR", 2, 2 } }, 0 },
	{ "one country more is not, from its first login on", 1, 9, 0,
	    { { "DE", 1, 1 }, { "FR", 2, 9 } }, 2 },
	{ "one network more is not", 9, 1, 0,
	    { { "DE", 1, 1 }, { "DE", 2, 9 } }, 2 },
	{ "what is older than the window does not count", 1, 9, 0,
	    { { "DE", 1, 1 }, { "FR", 25, 25 } }, 0 },
	{ "a last time counts as a first one does", 1, 9, 0,
	    { { "DE", 1, 20 }, { "FR", 40, 40 } }, 40 },
	{ "what came later does not count", 1, 9, 0,
	    { { "DE", 30, 30 }, { "FR", 1, 1 } }, 0 },
	{ "three places, never more than two at a time", 2, 9, 0,
	    { { "DE", 1, 1 }, { "FR", 20, 20 }, { "US", 30, 30 } }, 0 },
	{ "an unknown country is no country", 1, 9, 0,
	    { { "DE", 1, 1 }, { "", 2, 2 } }, 0 },
	{ "but a network", 9, 1, 0, { { "DE", 1, 1 }, { "", 2, 2 } }, 2 },
	{ "a fresh count parts the time", 1, 9, 5,
	    { { "DE", 4, 4 }, { "FR", 6, 6 } }, 0 },
	{ "before it all goes on as ever", 1, 9, 5,
	    { { "DE", 3, 3 }, { "FR", 4, 4 } }, 4 },
	{ "and behind it, too", 1, 9, 2,
	    { { "DE", 3, 3 }, { "FR", 4, 4 } }, 4 },
};

/* The logins of a row, and its limits; how many. */
static size_t
list_logins(size_t row, struct past_login logins[4], struct settings *settings)
{
	size_t count = 0;

	memset(settings, 0, sizeof(*settings));
	memset(logins, 0, 4 * sizeof(*logins));
	settings->window_s = 24 * 3600;
	settings->limits[MEASURE_COUNTRIES] = rows[row].countries;
	settings->limits[MEASURE_NETWORKS] = rows[row].networks;
	settings->limits[MEASURE_HOME_COUNTRIES] = UNLIMITED;
	settings->limits[MEASURE_HOME_NETWORKS] = UNLIMITED;
	for (; count < 4 && rows[row].logins[count].country != NULL; count++) {
		const struct seen *seen = &rows[row].logins[count];
		struct login_record *login = &logins[count].login;
		char network[20];

		snprintf(network, sizeof(network), "192.0.2.%zu", count + 1);
		ck_assert_int_eq(addr_parse(network, &login->network), 0);
		strcpy(login->country, seen->country);
		login->first_ms = (int64_t)seen->first * HOUR;
		login->last_ms = (int64_t)seen->last * HOUR;
		logins[count].since_ms = (int64_t)rows[row].since * HOUR;
	}
	return count;
}

START_TEST(judging)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct past_login logins[4];
		struct settings settings;
		size_t count = list_logins(i, logins, &settings);
		struct what_if found = what_if_judge(&settings, logins, count);

		ck_assert_msg(found.at_ms == (int64_t)rows[i].at * HOUR,
		    "%s: at %lld", rows[i].what,
		    (long long)(found.at_ms / HOUR));
		ck_assert_int_eq(found.judgement.cause != CAUSE_NONE,
		    rows[i].at != 0);
	}
}
END_TEST

/* Who would have been blocked by a limit has a peak above it, and only he. */
START_TEST(peaks_agree_with_the_judgement)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct past_login logins[4];
		struct settings settings;
		struct evidence peaks;
		bool is_over;
		size_t count = list_logins(i, logins, &settings);

		peaks = what_if_peaks(&settings, logins, count);
		is_over =
		    peaks.found[MEASURE_COUNTRIES] > rows[i].countries ||
		    peaks.found[MEASURE_NETWORKS] > rows[i].networks;
		ck_assert_msg(is_over == (rows[i].at != 0), "%s",
		    rows[i].what);
	}
}
END_TEST

UNIT("policy/what_if_judge", judging, peaks_agree_with_the_judgement)
