/*
 * places.c -- count where the logins of an account came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/places.h"

int64_t
places_since(const struct account_state *state, const struct settings *settings,
    int64_t now_ms)
{
	int64_t since_ms = now_ms - (int64_t)settings->window_s * 1000;

	return state->since_ms > since_ms ? state->since_ms : since_ms;
}

/* Is this country new? Then it is not from now on. "" never is. */
static bool
is_new_country(struct seen_countries *seen, const char *country)
{
	unsigned i;
	uint64_t bit;

	if (country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' ||
	    country[1] > 'Z')
		return false;
	i = (unsigned)(country[0] - 'A') * 26 + (unsigned)(country[1] - 'A');
	bit = UINT64_C(1) << i % 64;
	if (seen->bits[i / 64] & bit)
		return false;
	seen->bits[i / 64] |= bit;
	return true;
}

void
tally_add(struct tally *tally, const struct settings *settings,
    const char *country)
{
	bool is_home = countries_has(&settings->home_countries, country);
	bool is_new[MEASURED_KINDS];

	if (countries_has(&settings->exempt_countries, country))
		return;
	is_new[MEASURED_NETWORK] = true;
	is_new[MEASURED_COUNTRY] = is_new_country(&tally->countries, country);
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (measures[i].is_home == is_home)
			tally->evidence.found[i] += is_new[measures[i].what];
}

struct evidence
places_count(const struct work *work, const struct settings *settings,
    int64_t since_ms)
{
	const struct account_state *state = &work->state;
	struct tally tally = { 0 };

	for (size_t i = 0; i < state->place_count; i++)
		if (state->places[i].last_ms > since_ms)
			tally_add(&tally, settings, state->places[i].country);
	for (size_t i = 0; i < work->older_count; i++)
		if (!work->older[i].is_gone &&
		    work->older[i].last_ms > since_ms)
			tally_add(&tally, settings, work->older[i].country);
	return tally.evidence;
}
