/*
 * account_scores.h -- what became of each account's mails.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_ACCOUNT_SCORES_H
#define REPLAY_ACCOUNT_SCORES_H

#include "policy/decide.h"

#include <stddef.h>
#include <stdint.h>

/* The first time that mail was deferred, or the account blocked. */
struct incident {
	int64_t at_ms;		/* 0: never */
	enum cause cause;
	uint32_t found, limit, per_s;
	uint64_t passed_before;
};

/* One account in one configuration. */
struct score {
	uint64_t last_mail;	/* what asks once more is one mail */
	uint64_t mails, passed, deferred, refused;
	struct incident first_deferred, blocked;
};

enum { SCORES_MAX = 2 };	/* as it is, and what if */

struct account_score {
	struct account_score *next;
	struct score scores[SCORES_MAX];
	char account[];
};

struct scores;

struct scores *scores_new(void);
void scores_free(struct scores *);

/* The row of an account. */
struct account_score *scores_of(struct scores *, const char *account);

/* Count a decision on a mail: its instance, "" if it has none. */
void scores_count(struct score *, const struct decision *, const char *mail,
    int64_t at_ms);

/* All of them in order of account; the caller frees the list alone. */
struct account_score **scores_list(const struct scores *, size_t *count);

#endif
