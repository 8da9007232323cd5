/*
 * login_standing.h -- what history says of a login and its account, to be told.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure. It goes with what was decided: into the log, actions and events.
 */
#ifndef STORE_LOGIN_STANDING_H
#define STORE_LOGIN_STANDING_H

#include "store/history.h"
#include "store/place_name.h"

#include <jansson.h>

enum place_state {
	PLACE_UNTOLD,		/* there is no login, or nobody looked */
	PLACE_NEW,
	PLACE_YOUNG,
	PLACE_KNOWN,
	PLACE_PROVIDER,		/* never new, never known */
	PLACE_EXEMPT,		/* likewise */
	PLACE_STATES
};

/* "new", "young", "known", "provider", "exempt"; "": untold. */
const char *place_state_name(enum place_state);

/* Mails of one span: those of all kinds that are limited, MAIL_ALL, MAIL_YOUNG
 * and MAIL_NEW, how many are allowed (or UNLIMITED), and the peak. */
enum { USE_KINDS = MAIL_NEW + 1 };
struct span_use {
	uint32_t found[USE_KINDS], allowed[USE_KINDS];
	double peak;
};

/* "mails", "young", "new": the name of a kind for programs. */
extern const char *const use_names[USE_KINDS];

struct standing {
	/* The place of the login. */
	enum place_state state;
	char place[PLACE_NAME_SIZE];	/* "AS64496", "192.0.0.0/16" */
	unsigned place_days;	/* of 61 had mail that passed from there */
	int64_t first_ms;	/* the first of them; 0: none */
	/* The account. */
	bool is_told;
	bool is_settled;
	unsigned days;		/* of the 60 before today had mail */
	unsigned known_places, known_countries;
	struct span_use spans[SPANS];
};

struct attempt;
struct login;
struct settings;

/* The first of the days that are set, and the last; 0: none is. */
int64_t standing_first_ms(const struct history *, uint64_t bits);
int64_t standing_last_ms(const struct history *, uint64_t bits);

/* Where a login comes from. */
enum place_state standing_state(const struct attempt *);

/* The mails of a span by these rules. */
void standing_use(const struct history *, enum span, const uint32_t *rules,
    struct span_use *);

/* All of it; attempt NULL: there is no login. */
void standing_take(struct standing *, const struct history *,
    const struct attempt *, const uint32_t *rules);

/* The same of a login that is not, or no more, an attempt. */
void standing_look(struct standing *, const struct history *,
    const struct login *, const struct settings *);

/* Add it to a JSON object, flat, and read it from there: what is not told is
 * left out. */
void standing_write(const struct standing *, json_t *object);
void standing_read(struct standing *, const json_t *object);

#endif
