/*
 * places.c -- count where the logins of an account came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/places.h"

#include "base/mem.h"

#include <stdlib.h>

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
    const char *country, uint32_t asn)
{
	bool is_home = countries_has(&settings->home_countries, country);
	bool is_new[MEASURED_KINDS];

	if (countries_has(&settings->exempt_countries, country))
		return;
	is_new[MEASURED_NETWORK] = true;
	is_new[MEASURED_COUNTRY] = is_new_country(&tally->countries, country);
	is_new[MEASURED_ASN] = is_new_asn(&tally->asns, asn, is_home);
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (measures[i].is_home == is_home)
			tally->evidence.found[i] += is_new[measures[i].what];
}

struct evidence
tally_end(struct tally *tally)
{
	free(tally->asns.more);
	tally->asns.more = NULL;
	return tally->evidence;
}

struct evidence
places_count(const struct work *work, const struct settings *settings,
    int64_t since_ms)
{
	const struct account_state *state = &work->state;
	struct tally tally = { 0 };

	for (size_t i = 0; i < state->place_count; i++)
		if (state->places[i].last_ms > since_ms)
			tally_add(&tally, settings, state->places[i].country,
			    state->places[i].asn);
	for (size_t i = 0; i < work->older_count; i++)
		if (!work->older[i].is_gone &&
		    work->older[i].last_ms > since_ms)
			tally_add(&tally, settings, work->older[i].country,
			    work->older[i].asn);
	return tally_end(&tally);
}
