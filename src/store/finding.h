/*
 * finding.h -- what is found out about one request, in plain data.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_FINDING_H
#define STORE_FINDING_H

#include "base/addr.h"
#include "config/settings.h"
#include "store/login_standing.h"

#include <stdbool.h>
#include <stdint.h>

/* What is to be answered. The numbers are those of policyd.check() in SQL. */
enum verdict {
	VERDICT_PASS = 0,
	VERDICT_BLOCKED = 1,	/* the account is blocked */
	VERDICT_OVER_LIMIT = 2,	/* over a limit, and nothing is blocked */
	VERDICT_OVER_RATE = 3,
	VERDICT_DEFERRED = 4,	/* too much from a new place: try again */
};

/* Which limit it was. The numbers are those of the store. */
enum cause {
	CAUSE_NONE = 0,
#define MEASURE(id, name, what, key, initial, least, cause, ...)              \
	CAUSE_##id = cause,
#include "config/limit_measures.def"
	CAUSE_ONLY_COUNTRIES = 5,
	CAUSE_ONLY_NETWORKS = 6,
	CAUSE_RATE = 7,
	CAUSE_MANUAL = 8,	/* blocked by an administrator */
	CAUSE_NEW_COUNTRIES = 11,
	CAUSE_NEW_PLACES_HOUR = 12,
	CAUSE_NEW_PLACES_DAY = 13,
	CAUSE_BURST_HOUR = 14,
	CAUSE_BURST_DAY = 15,
	CAUSE_YOUNG_HOUR = 16,	/* mails from young places */
	CAUSE_YOUNG_DAY = 17,
	CAUSE_DEFERRALS = 18,	/* deferred on so many days */
	CAUSE_PATIENCE = 19,	/* deferred for so long */
	CAUSE_QUOTA_HOUR = 20,	/* mails from new places */
	CAUSE_QUOTA_DAY = 21,
	CAUSE_TRIES = 23,	/* so many mails deferred */
	CAUSE_YOUNG_WEEK = 22,	/* mails from young and new places */
};

/* The name of a cause for programs, "home_countries"; "" if there is none. */
const char *cause_name(enum cause);

/* The same as the store's views tell it, "home countries"; NULL: no cause. */
const char *cause_words(enum cause);

/* The peaks of which span its limit goes by; SPANS: it knows no peak. */
enum span cause_span(enum cause);

/* What is counted if it was that limit; MEASURE_COUNT: another cause. */
enum measure cause_measure(enum cause);

/*
 * What was found, in words: "4 countries within 24h, 3 allowed"; and the limit
 * that was reached: "more than 3 countries in 24h". is_more: "4 or more
 * countries". False, and "", if nothing is counted for the cause.
 */
enum { CAUSE_TEXT_SIZE = 120 };
bool cause_reason(enum cause, uint32_t found, bool is_more, uint32_t limit,
    uint32_t per_s, char text[CAUSE_TEXT_SIZE]);
bool cause_reached(enum cause, uint32_t limit, uint32_t per_s,
    char text[CAUSE_TEXT_SIZE]);

/* Distinct places of an account within the window. */
struct evidence {
	uint32_t found[MEASURE_COUNT];
	bool is_capped;		/* so many of each, or more */
};

/* At home and elsewhere together. */
uint32_t evidence_sum(const struct evidence *, enum measured);

/* Write it as a JSON object, for events: "or_more" if it is capped. Return
 * text. */
enum { EVIDENCE_TEXT_SIZE = 24 + 40 * MEASURE_COUNT };
const char *evidence_text(const struct evidence *,
    char text[EVIDENCE_TEXT_SIZE]);

/* Whose network is it? */
enum trust {
	TRUST_COUNTED,		/* somebody's: places are new or known */
	TRUST_PROVIDER,		/* listed, shared by strangers: never new,
				 * never learned */
	TRUST_EXEMPT,		/* exempt or private, so likewise */
};

/* One login: where it came from. */
struct login {
	struct addr client;	/* the address itself */
	struct addr network;	/* masked; bits 0: the login does not count */
	char country[3];	/* "" : unknown */
	uint32_t asn;		/* autonomous system; 0: unknown */
	char as_name[64];	/* its name, UTF-8; "": unknown */
	enum trust trust;
};

struct finding {
	enum verdict verdict;
	enum cause cause;
	bool is_new_block;	/* this request blocked the account */
	bool would_block;	/* or it would have, were it not for observe */
	bool is_new_place;	/* the account was never used from there ... */
	bool is_young_place;	/* ... or but lately, see store/detect.h */
	uint32_t found, limit;	/* places or mails: how many, how many allowed */
	uint32_t per_s;		/* the window of the limit, or of the rate */
	int64_t until_ms;	/* end of the block; 0: until unblocked */
	char note[128];		/* the administrator's reason, may be "" */
	struct evidence evidence;
	/* If there is a cause, other than a block that held already. */
	struct standing standing;
	/* The limits that held, overrides of the store included. */
	uint32_t limits[MEASURE_COUNT];
	/* A pass: the same login may pass again for a while without being
	 * asked for, unless a rate counts it (memory.h). */
	bool may_pass, has_rates;
};

#endif
