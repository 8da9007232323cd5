/*
 * places.h -- count where the logins of an account came from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

#include "store/round_work.h"

/* The countries seen so far: one bit for each two letters. */
struct seen_countries {
	uint64_t bits[(26 * 26 + 63) / 64];
};

/* The autonomous systems seen so far, at home or not: a hash table, whose free
 * slots are 0. */
struct seen_asns {
	size_t count;
	size_t room;	/* of more; a power of two */
	uint64_t *more;	/* NULL: they are among these few */
	/* Enough for all that the row of an account can hold. */
	uint64_t few[256];
};

/* A count under way; begin with { 0 }. */
struct tally {
	struct evidence evidence;
	struct seen_countries countries;
	struct seen_asns asns;
};

/* Add networks that were not added yet, and where they are. */
void tally_add(struct tally *, const struct settings *, const char *country,
    uint32_t asn, uint32_t networks);

/* What was counted; the tally is over. */
struct evidence tally_end(struct tally *);

/* So much longer than the window logins count, of what the store says: a
 * sixtieth of it at most. */
int64_t places_slack(const struct settings *, int64_t slack_ms);

/* From when on logins count: those after the result. */
int64_t places_since(const struct account_state *, const struct settings *,
    int64_t now_ms);

/* How many networks of an account are remembered: settings say, but enough to
 * see that a limit is broken. */
size_t places_most(const struct settings *);

/* Count the places that were seen after since_ms: those of the row, and those
 * before. */
struct evidence places_count(const struct work *, const struct settings *,
    int64_t since_ms);

#endif
