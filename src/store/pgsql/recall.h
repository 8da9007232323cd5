/*
 * recall.h -- decide on what is in memory, and have the save find out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account whose state is in memory (store/recent_accounts.h) is decided at
 * once, as of the server's clock as it is known here, and saved if
 *  - its row has the version that is in memory (so nothing of it is new),
 *  - overrides have the revision that they had when it was found to have none
 *    (and for how long servers remember logins has not changed),
 *  - the time of the decision is not in the future of the server's clock, nor
 *    more than a second ago.
 * Else nothing is saved, and it is loaded and decided anew: so what holds for
 * an account that was loaded holds for this one, whatever clocks, other hosts
 * and a failover do meanwhile.
 *
 * The server's clock is known by its last answer, which says what time it was
 * when it was sent: since then has passed what has passed here since it
 * arrived, or more. So what is taken for its time is a moment late and never
 * ahead, unless it was set back or a clock of ours runs fast: a thousandth is
 * allowed for that, and an answer is believed for ten seconds.
 */
#ifndef STORE_PGSQL_RECALL_H
#define STORE_PGSQL_RECALL_H

#include "store/recent_accounts.h"
#include "store/round_work.h"

struct recall {
	struct recent *recent;	/* NULL: nothing is kept */
	int64_t overrides;	/* their revision, as answered last */
	int64_t slack_ms;	/* of states, likewise */
	int64_t now_ms, mono_us;	/* the last answer: its clock, and ours */
	unsigned misses;	/* of saves lately, in 1/256 */
	unsigned turn;
};

/* The server's clock has been answered; it is now, 0 if it is not known. */
void recall_set_clock(struct recall *, int64_t now_ms);
int64_t recall_clock(const struct recall *);

/* Take the state of a work from memory, if it is there. now_ms becomes a later
 * time if the state is as of that. */
bool recall_find(struct recall *, struct work *, int64_t *now_ms);

/* What became of a work that was to be saved. */
void recall_saved(struct recall *, struct work *, int64_t now_ms);

#endif
