/*
 * recall.c -- decide on what is in memory, and have the save find out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/recall.h"

#include "base/clock.h"

enum {
	CLOCK_FRESH_US = 10000000,
	CLOCK_MARGIN = 1000,
	/* Who misses more often than this, because hosts take turns with the
	 * accounts, is better off loading; and tries it now and then. */
	MISSES_MOST = 150,
	TRY_EVERY = 16,
};

void
recall_set_clock(struct recall *recall, int64_t now_ms)
{
	recall->now_ms = now_ms;
	recall->mono_us = clock_mono_us();
}

int64_t
recall_clock(const struct recall *recall)
{
	int64_t since_us = clock_mono_us() - recall->mono_us;

	if (clock_is_set())
		return clock_wall_ms();
	if (recall->now_ms == 0 || since_us > CLOCK_FRESH_US)
		return 0;
	return recall->now_ms + (since_us - since_us / CLOCK_MARGIN) / 1000;
}

bool
recall_find(struct recall *recall, struct work *work, int64_t *now_ms)
{
	int64_t overrides, at_ms;

	/* What may have been written already its row alone can tell. */
	if (recall->recent == NULL || work->kind != WORK_CHECK ||
	    work->saved_version != 0 || work->earlier_mark != 0 ||
	    (recall->misses > MISSES_MOST && recall->turn++ % TRY_EVERY != 0))
		return false;
	if (!recent_find(recall->recent, work->account, &work->state,
		&overrides, &at_ms) || overrides != recall->overrides) {
		state_init(&work->state);
		return false;
	}
	/* Another process knows the clock better. */
	if (!clock_is_set() && at_ms > *now_ms)
		*now_ms = at_ms;
	work->state.slack_ms = recall->slack_ms;
	work->overrides = overrides;
	work->is_recalled = true;
	return true;
}

void
recall_saved(struct recall *recall, struct work *work, int64_t now_ms)
{
	bool is_done = work->progress == WORK_DONE;

	if (recall->recent == NULL)
		return;
	if (work->is_recalled)
		recall->misses = recall->misses - recall->misses / 16 +
		    (is_done ? 0 : 16);
	if (!is_done) {
		recent_drop(recall->recent, work->account,
		    work->state.version);
		return;
	}
	if (work->state.blocked_until_ms != 0 ||
	    work->of_account.account != NULL ||
	    work->of_domain.account != NULL) {
		recent_drop(recall->recent, work->account, 0);
		return;
	}
	state_settle(&work->state);
	work->state.version = work->saved_version;
	/* Others of its round may have been loaded later. */
	recent_keep(recall->recent, work->account, &work->state,
	    work->overrides, now_ms);
}
