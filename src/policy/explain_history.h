/*
 * explain_history.h -- what an account's history says, for who asks why.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_EXPLAIN_HISTORY_H
#define POLICY_EXPLAIN_HISTORY_H

#include "policy/verdict_foretell.h"
#include "store/place_name.h"

#include <jansson.h>

/* A place or a country of an account. */
struct explained_place {
	uint64_t name;			/* see store/place_name.h */
	char text[PLACE_NAME_SIZE];	/* "AS64496", "192.0.0.0/16", "DE" */
	char as_name[AS_NAME_SIZE];	/* "": unknown */
	const char *state;		/* "known", "young" or "new" */
	unsigned days;		/* with mail that passed, of 61 */
	int64_t first_ms, last_ms;	/* the first of them, the last; or
				 * when it was last tried; 0: never */
	bool is_barred;		/* today does not count for it */
};

enum { EXPLAINED_MAX = HISTORY_DAYS_MAX + HISTORY_SEEN_MAX };

/* Fill in the places, or the countries, those used last first; how many. */
size_t explain_places(const struct desk *, const struct account_record *,
    struct explained_place places[EXPLAINED_MAX]);
size_t explain_countries(const struct account_record *,
    struct explained_place countries[EXPLAINED_MAX]);

/* So many of the last 7 days had mail deferred. */
unsigned explain_deferred_days(const struct account_record *);

/* All of it as one object. The caller's. */
json_t *explain_history(const struct desk *, const struct account_record *);

#endif
