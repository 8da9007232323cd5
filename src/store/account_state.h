/*
 * account_state.h -- what is remembered of one account, as it is worked on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure. Both sides of the store keep it in the account's row; what a request
 * changes in it is decided by check_request.c and blocking.c, the same for
 * both. Times are milliseconds of the store's clock.
 */
#ifndef STORE_ACCOUNT_STATE_H
#define STORE_ACCOUNT_STATE_H

#include "base/addr.h"
#include "store/history.h"
#include "store/marks.h"
#include "store/rates.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Networks that the row holds; for an account with more of them
	 * within its window see older_places.h. */
	PLACES_MAX = 32,
	/* With those that the checks of a round put in their place. */
	PLACES_ROOM = PLACES_MAX + 64 + 1,
	PLACE_TEXT_SIZE = ADDR_TEXT_SIZE + 3 + 11 + 14 + 14 + 11,
	PLACES_TEXT_SIZE = PLACES_MAX * PLACE_TEXT_SIZE,
	/* The row of a login is written this often at most. */
	PLACE_FRESH_MS = 60000,
	/* The mails lately, and beside them the marks of saves. */
	INSTANCES_MAX = 64,
	MARKS_MAX = 16,
	NUMBERS_MAX = INSTANCES_MAX + MARKS_MAX,
	INSTANCES_BYTES = 8 * NUMBERS_MAX,
};

/* A block that holds until somebody ends it. */
#define STATE_FOREVER INT64_MAX

/* A network of the account; its row of the table login is written when it is
 * new and then once a minute at most. */
struct place {
	struct addr network;
	char country[3];	/* "" : unknown */
	uint32_t asn;		/* 0: unknown */
	int64_t last_ms;	/* its last login */
	int64_t written_ms;	/* last_seen of its row; 0: no row */
	uint32_t pending;	/* mails that the row does not have yet */
	bool is_due;		/* its row is to be written now */
	bool is_gone;		/* it is not put into the account's row */
};

struct account_state {
	bool is_known;		/* there is a row */
	int64_t version;	/* of the row, as it was read */
	int64_t since_ms;	/* logins up to here do not count */
	int64_t blocked_until_ms;	/* 0: not blocked; or STATE_FOREVER */
	int64_t seen_ms;	/* the last mail that was judged; 0: none */
	int64_t rated_ms;	/* when a rate was last counted; 0: never */
	int64_t complete_ms;	/* places has every login after this */
	int64_t last_instance;	/* 0: none */
	/* As the store says, not of the row: a login may have been later than
	 * is known by as much (memory.h). */
	int64_t slack_ms;
	struct rate_rings rates;
	size_t instance_count;
	/* Newest first; odd: a rate has counted it. Some are marks. */
	int64_t instances[NUMBERS_MAX];
	struct history history;
	size_t place_count;
	struct place places[PLACES_ROOM];
};

/* An account that nothing is known of. */
void state_init(struct account_state *);

/* The place with this network, or NULL. */
struct place *state_find(struct account_state *, const struct addr *network);

/* Has the row room for no more? Then let the place seen least lately go. What
 * goes is still among `places`, marked as gone. */
bool state_is_full(const struct account_state *);
const struct place *state_let_oldest_go(struct account_state *);

/* Add a place; the row is not full. Returns it, all but its network zero; one
 * that was let go comes back as it was. */
struct place *state_add(struct account_state *, const struct addr *network);

/* Take out the places last seen up to then; what their rows do not have yet
 * is due. */
void state_drop(struct account_state *, int64_t until_ms);

/* It was saved: make it what loading it would give. */
void state_settle(struct account_state *);

/* Is there a row of the table login to be written? */
bool place_is_due(const struct place *);

/*
 * A clock that was ahead and was set back leaves times that lie in the future:
 * they become now. Returns whether there was one.
 */
bool state_clamp(struct account_state *, int64_t now_ms);

/*
 * Places as text, one a line: network, country ("--": unknown), autonomous
 * system, last, written, pending, all but the first of one width. Returns the length; those that are gone are
 * left out. state_take_places reads it back; a line it cannot read is skipped,
 * and then the list is not complete.
 */
size_t state_put_places(const struct account_state *,
    char text[PLACES_TEXT_SIZE]);
void state_take_places(struct account_state *, const char *text);

size_t state_put_instances(const struct account_state *,
    uint8_t bytes[INSTANCES_BYTES]);
void state_take_instances(struct account_state *, const uint8_t *bytes,
    size_t length);

/*
 * The whole of it as bytes that processes of this program on this host read
 * back. state_pack returns how many, 0 if there is no room for them.
 */
size_t state_pack(const struct account_state *, uint8_t *bytes, size_t room);
void state_unpack(struct account_state *, const uint8_t *bytes);

/* The number that a mail is known by: its instance, of a client; 0 for "". */
int64_t state_instance(const char *instance, const struct addr *client);

/*
 * The mark of a save, 0: none. It takes the place of those of the same process
 * that are settled; of all others the newest MARKS_MAX stay. Programs of before
 * keep them as if they were mails, and of both the newest INSTANCES_MAX. No
 * instance is a mark.
 */
bool state_has_mark(const struct account_state *, int64_t mark);
void state_add_mark(struct account_state *, int64_t mark,
    const struct marks *);

/* Of the mails lately: has it passed, and did a rate count it? */
bool state_has_instance(const struct account_state *, int64_t instance);
bool state_is_rated(const struct account_state *, int64_t instance);

/* It passes; a rate has counted it. 0 is no mail. */
void state_add_instance(struct account_state *, int64_t instance);
void state_set_rated(struct account_state *, int64_t instance);

#endif
