/*
 * history.h -- where and how much an account has sent: days, rings, lists.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure. It is a part of the account's state (account_state.h); what is judged
 * by it is in detect.h. Times are milliseconds of the store's clock, a day is
 * a day of UTC.
 *
 * A place, what is around it, and a country have a number of 64 bits: bit 0 is
 * today, bits 1 to 60 the days before, set by mail that passed; bit 62 bars it
 * from being learned today. At most HISTORY_DAYS_MAX of each are kept: when
 * one more comes, the one leaves whose newest day is the longest ago.
 */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "store/rates.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HISTORY_DAYS_MAX = 64,
	HISTORY_SEEN_MAX = 32,
	HISTORY_DAYS = 60,		/* that are remembered, before today */
	HISTORY_BYTES_MAX = 6144,
};

/* The days of something by its name, see place_name.h. */
struct days {
	uint64_t name;
	uint64_t bits;
};
struct days_table {
	size_t count;
	struct days list[HISTORY_DAYS_MAX];
};

/* Something new, and when it was seen last. */
struct sighting {
	uint64_t name;
	int64_t last_ms;
};
struct sightings {
	size_t count;
	struct sighting list[HISTORY_SEEN_MAX];
};

/* What is counted in an hour, in 24 and, of some, in 7 days: mails, each once. */
enum mail_kind {
	MAIL_ALL,		/* attempts */
	MAIL_YOUNG,		/* of these, from young places; in the week those
				 * as well that passed from new ones */
	MAIL_NEW,		/* passed, from new places */
	MAIL_USUAL,		/* passed, and not from a new place, or the
				 * account is not settled: makes the peaks; in
				 * the week not from a young one */
	MAIL_DEFERRED,		/* the hour alone */
	MAIL_KINDS
};
enum span { SPAN_HOUR, SPAN_DAY, SPAN_WEEK, SPANS };

/* Sub-buckets as those of rates.h. */
struct mail_ring {
	int64_t newest;
	uint32_t sums[MAIL_KINDS][RATE_SUMS];	/* newest first */
};

struct history {
	int64_t day;		/* since 1970; 0: there is none */
	struct days_table places, arounds, countries;
	uint64_t active;	/* days with mail that passed */
	uint64_t deferred;	/* days with mail that was deferred */
	struct mail_ring rings[SPANS];
	double peaks[SPANS];	/* the most usual mails, fading */
	uint32_t tops[SPANS];	/* today's */
	struct sightings new_places, new_countries;
};

void history_init(struct history *);

/* Come to now_ms: a day that has passed shifts the days and fades the peaks by
 * decay thousandths a day; sub-buckets that are too old go. */
void history_turn(struct history *, int64_t now_ms, uint32_t decay);

/* A clock that was ahead was set back: what lies in the future is of now.
 * Returns whether there was such a thing. */
bool history_clamp(struct history *, int64_t now_ms);

/* How many of the 60 days before today are set. */
unsigned history_past_days(uint64_t bits);

/* The days of a name; 0: none. */
uint64_t history_days(const struct days_table *, uint64_t name);

/* Set the bit of a day, at most HISTORY_DAYS ago; today's unless it is barred.
 * Bar it. */
void history_learn(struct days_table *, uint64_t name, unsigned days_ago);
void history_bar(struct days_table *, uint64_t name);

/* A day as a bit of active and deferred. */
void history_mark(uint64_t *bits, unsigned days_ago);

/* Note that a name was seen; how many were after since_ms. */
void history_see(struct sightings *, uint64_t name, int64_t now_ms);
unsigned history_seen(const struct sightings *, int64_t since_ms);

/* Count a mail; how many the ring holds. */
void history_count(struct mail_ring *, enum mail_kind);
uint32_t history_sum(const struct mail_ring *, enum mail_kind);

/* An unblock: what was counted starts afresh, what is known stays known. */
void history_afresh(struct history *);

/* Make the places and countries of the last 24 hours known: as if they had
 * been used on so many days before today. */
void history_accept(struct history *, unsigned known_after, int64_t now_ms);

/*
 * Add what `other` learned to it: days of either, the greater peaks. Doing so
 * twice changes nothing more. What is counted now stays. Returns whether
 * anything changed.
 */
bool history_merge(struct history *, const struct history *other,
    uint32_t decay);

/* As bytes that any machine reads back; returns how many. Bytes that were not
 * written so are no history. */
size_t history_pack(const struct history *, uint8_t bytes[HISTORY_BYTES_MAX]);
void history_unpack(struct history *, const uint8_t *bytes, size_t length);

#endif
