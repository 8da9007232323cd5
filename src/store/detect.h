/*
 * detect.h -- is an account used in a way that is not its owner's?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: five rules on the history of an account. What they allow is in
 * settings.rules (config/rules.def). For one mail of an account that is not
 * blocked: detect_begin, detect_judge, and then, as it was decided, one of
 * detect_passed and detect_blocked, or none.
 */
#ifndef STORE_DETECT_H
#define STORE_DETECT_H

#include "store/finding.h"
#include "store/history.h"

/* A mail that asks, and what the history knows of where it comes from. */
struct attempt {
	uint64_t place, around, country;	/* country 0: not known */
	enum trust trust;
	bool is_new;		/* its place is not known */
	bool is_young;		/* it is, but not for long */
};

/* What is found of it; cause CAUSE_NONE: nothing. */
struct suspicion {
	enum cause cause;
	uint32_t found, limit, per_s;
	bool is_deferral;	/* mail is deferred, else the account blocked */
};

/* Is the account settled: has it days enough? */
bool detect_is_settled(const struct history *, const uint32_t *rules);

/*
 * Come to now_ms and count the attempt; is_again: it is the last one once
 * more, and counts once.
 */
void detect_begin(struct history *, const struct login *,
    const uint32_t *rules, bool is_again, int64_t now_ms, struct attempt *);

/*
 * Judge it. Rules 1 and 2 speak always, the others if is_warm: the store has
 * learned long enough. A deferral is noted.
 */
struct suspicion detect_judge(struct history *, const struct attempt *,
    const uint32_t *rules, bool is_warm, int64_t now_ms);

/* It passed: it counts, and teaches. */
void detect_passed(struct history *, const struct attempt *,
    const uint32_t *rules);

/* The account was blocked: what came from new places today taught nothing. */
void detect_blocked(struct history *, const uint32_t *rules);

#endif
