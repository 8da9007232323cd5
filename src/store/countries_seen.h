/*
 * countries_seen.h -- where accounts logged in, and were blocked, lately.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of a login seen a minute ago the store may not know yet.
 */
#ifndef STORE_COUNTRIES_SEEN_H
#define STORE_COUNTRIES_SEEN_H

#include "store/store.h"

struct country_seen {
	char country[3];	/* "": not known */
	uint64_t accounts, networks;	/* that logged in */
	uint64_t blocks;	/* accounts blocked for a login from there */
};

/* The countries of the last so many seconds, in order of their codes; the
 * caller frees the array. */
enum store_result store_countries(struct store *, uint32_t seconds,
    struct country_seen **, size_t *count, int64_t deadline_ms);

struct country_account {
	char *account;
	uint64_t networks;
	int64_t last_ms;
};

/* Who logged in there, and who was blocked for it, the newest first, at most
 * `most` of each. The caller clears and frees both arrays. */
enum store_result store_country(struct store *, const char *country,
    uint32_t seconds, size_t most, struct country_account **,
    size_t *account_count, struct block **, size_t *block_count,
    int64_t deadline_ms);
void country_account_clear(struct country_account *);

#endif
