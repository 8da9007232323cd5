/*
 * detect.h -- is an account used in a way that is not its owner's?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: five rules on the history of an account. What they allow is in
 * settings.rules (config/detection_rules.def). For one mail of an account that
 * is not blocked: detect_begin, detect_judge, and then, as it was decided, one
 * of detect_passed and detect_blocked, or none.
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
	bool is_again;		/* it was counted before */
	int64_t days_ago;	/* it came so many days before today */
};

/* What is found of it; cause CAUSE_NONE: nothing. */
struct suspicion {
	enum cause cause;
	uint32_t found, limit, per_s;
	bool is_deferral;	/* mail is deferred, else the account blocked */
};

/* Is the account settled: has it days enough? */
bool detect_is_settled(const struct history *, const uint32_t *rules);

/* Is a place, what is around one, or a country known? */
bool detect_is_known(const struct days_table *, uint64_t name,
    const uint32_t *rules);

/* Of a known place: is its first day not long ago? */
bool detect_is_recent(const struct history *, uint64_t place,
    const uint32_t *rules);

/* So many mails of a kind are allowed in an hour or a day, with the peak that
 * there is now: MAIL_ALL, MAIL_YOUNG or MAIL_NEW. May be UNLIMITED. */
uint32_t detect_allowed(const struct history *, enum mail_kind, enum span,
    const uint32_t *rules);

/* Whose network a login counts as: one of nobody in particular where the
 * settings say already where the account may log in from. */
enum trust detect_trust(const struct login *, const struct settings *);

/* What the history knows of where a login comes from. Counts nothing. */
void detect_look(const struct history *, const struct login *,
    const uint32_t *rules, struct attempt *);

/*
 * Come to now_ms and count the attempt; is_again: it is the last one once
 * more, and counts once.
 */
void detect_begin(struct history *, const struct login *,
    const uint32_t *rules, bool is_again, int64_t now_ms, struct attempt *);

/* It came at came_ms, before today it may be: then it teaches of that day. To be
 * called after detect_begin. */
void detect_date(const struct history *, struct attempt *, int64_t came_ms);

/*
 * Judge it. Rules 1 and 2 speak always, the others if is_warm: the store has
 * learned long enough. A deferral is noted.
 */
struct suspicion detect_judge(struct history *, const struct attempt *,
    const uint32_t *rules, bool is_warm, int64_t now_ms);

/* It passed: it counts, and teaches. */
void detect_passed(struct history *, const struct attempt *,
    const uint32_t *rules);

/* Is its place known, and of today, or never to be learned? Then a further mail
 * from there changes counts alone. After detect_passed. */
bool detect_is_taught(const struct history *, const struct attempt *);

/* Its owner says that he was there: the places and countries of the last 24
 * hours become known, and mail is counted afresh. Returns how many places were
 * not known. */
unsigned detect_accept(struct history *, const uint32_t *rules,
    int64_t now_ms);

/* The account was blocked: what came from new places today taught nothing. */
void detect_blocked(struct history *, const uint32_t *rules,
    int64_t now_ms);

#endif
