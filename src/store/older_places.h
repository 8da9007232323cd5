/*
 * older_places.h -- places that an account's row has no room for, counted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row holds the networks seen last. Of those seen before, within the
 * window, it is known how many there are of each country and autonomous
 * system, so that counting does not read them one by one. Each network is
 * counted at home or elsewhere, as settings say, when they are looked at.
 *
 * The counts are exact until the oldest place leaves the window; then they are
 * too great until the table of logins is read again (see places_completing.c).
 */
#ifndef STORE_OLDER_PLACES_H
#define STORE_OLDER_PLACES_H

#include "store/account_state.h"

struct older_group {
	char country[3];
	uint32_t asn;
	uint32_t networks;
};

/* Begin with all zero: not counted. */
struct older_places {
	bool is_counted;	/* what follows goes with the account's row */
	bool is_changed;	/* it is to be saved */
	int64_t oldest_ms;	/* no place was seen before this ... */
	int64_t counted_ms;	/* ... when they were read, then */
	int64_t lost_ms;	/* logins up to here gave way; 0: none */
	size_t networks;
	size_t count, room;
	struct older_group *groups;
};

/* Forget it all, and free the memory. */
void older_clear(struct older_places *);

/* Count these instead, all of them within the window. */
void older_count(struct older_places *, struct place *, size_t count,
    int64_t now_ms);

/* One more, which the row let go; or one that came back into the row. */
void older_add(struct older_places *, const struct place *);
void older_take(struct older_places *, const struct place *);

/* As the store keeps it, and back. It goes with the row whose places are
 * complete since complete_ms; of another row it is not counted. The caller
 * frees the text. */
char *older_text(const struct older_places *, int64_t complete_ms);
void older_read(struct older_places *, const char *text,
    int64_t complete_ms);

#endif
