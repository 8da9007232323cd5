/*
 * places.c -- count the places that logins came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/places.h"

#include <stdio.h>
#include <string.h>

/* FNV-1a, 64 bits. */
static uint64_t
add(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * 1099511628211u;
}

int64_t
places_settings(const struct settings *settings)
{
	const struct countries *lists[] = { &settings->home_countries,
		&settings->exempt_countries };
	uint64_t hash = 14695981039346656037u;

	for (int shift = 0; shift < 32; shift += 8)
		hash = add(hash, (uint8_t)(settings->window_s >> shift));
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < lists[i]->count; k++) {
			hash = add(hash, (uint8_t)lists[i]->codes[k][0]);
			hash = add(hash, (uint8_t)lists[i]->codes[k][1]);
		}
		hash = add(hash, '|');
	}
	return hash != 0 ? (int64_t)hash : 1;
}

int
places_count(struct sqlite_db *db, sqlite3_stmt *logins,
    const struct settings *settings, struct evidence *places,
    int64_t *oldest_ms)
{
	char before[3] = "";
	int more;

	memset(places, 0, sizeof(*places));
	*oldest_ms = 0;
	while ((more = db_step(db, logins)) > 0) {
		const char *country = db_text(logins, 0);
		int64_t seen_ms = sqlite3_column_int64(logins, 1);
		bool is_new = strcmp(country, before) != 0;

		if (countries_has(&settings->exempt_countries, country))
			continue;
		if (countries_has(&settings->home_countries, country)) {
			places->home_networks++;
			places->home_countries += is_new;
		} else {
			places->networks++;
			places->countries += is_new;
		}
		snprintf(before, sizeof(before), "%s", country);
		if (*oldest_ms == 0 || seen_ms < *oldest_ms)
			*oldest_ms = seen_ms;
	}
	return more;
}
