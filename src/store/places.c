/*
 * places.c -- count where the logins of an account came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/places.h"

#include "base/mem.h"

#include <stdlib.h>

int64_t
places_slack(const struct settings *settings, int64_t slack_ms)
{
	int64_t most_ms = (int64_t)settings->window_s * 1000 / 60;

	return slack_ms < most_ms ? slack_ms : most_ms;
}

int64_t
places_since(const struct account_state *state, const struct settings *settings,
    int64_t now_ms)
{
	int64_t since_ms = now_ms - (int64_t)settings->window_s * 1000 -
	    places_slack(settings, state->slack_ms);

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

/* Put a key into a table that has room for it; false: it is there. */
static bool
put_key(uint64_t *slots, size_t room, uint64_t key)
{
	/* Spread as by Fibonacci hashing (Knuth, TAOCP 6.4). */
	size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (i &= room - 1; slots[i] != 0; i = (i + 1) & (room - 1))
		if (slots[i] == key)
			return false;
	slots[i] = key;
	return true;
}

static void
grow(struct seen_asns *seen, const uint64_t *slots, size_t room)
{
	uint64_t *more = mem_new(2 * room, sizeof(*more));

	for (size_t i = 0; i < room; i++)
		if (slots[i] != 0)
			put_key(more, 2 * room, slots[i]);
	free(seen->more);
	seen->more = more;
	seen->room = 2 * room;
}

/* Is this system new, at home or elsewhere? 0 never is. */
static bool
is_new_asn(struct seen_asns *seen, uint32_t asn, bool is_home)
{
	uint64_t *slots = seen->more != NULL ? seen->more : seen->few;
	size_t room = seen->more != NULL ? seen->room :
	    sizeof(seen->few) / sizeof(seen->few[0]);

	if (asn == 0 || !put_key(slots, room, (uint64_t)asn << 1 | is_home))
		return false;
	if (++seen->count > room / 4 * 3)
		grow(seen, slots, room);
	return true;
}

void
tally_add(struct tally *tally, const struct settings *settings,
    const char *country, uint32_t asn, uint32_t networks)
{
	bool is_home = countries_has(&settings->home_countries, country);
	uint32_t more[MEASURED_KINDS];

	if (countries_has(&settings->exempt_countries, country))
		return;
	more[MEASURED_NETWORK] = networks;
	more[MEASURED_COUNTRY] = is_new_country(&tally->countries, country);
	more[MEASURED_ASN] = is_new_asn(&tally->asns, asn, is_home);
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (measures[i].is_home == is_home)
			tally->evidence.found[i] += more[measures[i].what];
}

struct evidence
tally_end(struct tally *tally)
{
	free(tally->asns.more);
	tally->asns.more = NULL;
	return tally->evidence;
}

size_t
places_most(const struct settings *settings)
{
	/* Fewer than a row and its changes hold would never do. */
	size_t most = settings->most_networks > PLACES_ROOM ?
	    settings->most_networks : PLACES_ROOM;

	for (int i = 0; i < MEASURE_COUNT; i++)
		if (settings->limits[i] != UNLIMITED &&
		    settings->limits[i] >= most)
			most = (size_t)settings->limits[i] + 1;
	return most;
}

/* Those that the row has no room for. */
static void
add_older(struct tally *tally, const struct older_places *older,
    const struct settings *settings)
{
	for (size_t i = 0; i < older->count; i++)
		tally_add(tally, settings, older->groups[i].country,
		    older->groups[i].asn, older->groups[i].networks);
}

/* Some gave way: there were as many as are remembered, or more. They do not
 * give way one by one. */
static void
cap(struct evidence *evidence, uint32_t most)
{
	evidence->is_capped = true;
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (evidence->found[i] > most)
			evidence->found[i] = most;
}

struct evidence
places_count(const struct work *work, const struct settings *settings,
    int64_t since_ms)
{
	const struct account_state *state = &work->state;
	const struct older_places *older = &work->older;
	bool has_older = older->is_counted && since_ms < state->complete_ms;
	struct tally tally = { .countries = { { 0 } } };
	struct evidence evidence;

	for (size_t i = 0; i < state->place_count; i++)
		if (!state->places[i].is_gone &&
		    state->places[i].last_ms > since_ms)
			tally_add(&tally, settings, state->places[i].country,
			    state->places[i].asn, 1);
	if (has_older)
		add_older(&tally, older, settings);
	evidence = tally_end(&tally);
	if (has_older && older->lost_ms > since_ms)
		cap(&evidence, (uint32_t)places_most(settings));
	return evidence;
}
