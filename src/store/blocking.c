/*
 * blocking.c -- begin and end the block of an account.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/blocking.h"

#include "store/detect.h"
#include "store/places.h"

struct block_change *
blocking_begin(struct work *work, uint32_t duration_s, int64_t now_ms)
{
	struct block_change *change = work_change(work);

	change->is_begin = true;
	change->at_ms = now_ms;
	change->until_ms = duration_s == 0 ? STATE_FOREVER :
	    now_ms + (int64_t)duration_s * 1000;
	work->state.blocked_until_ms = change->until_ms;
	work->is_changed = true;
	work->must_last = true;
	return change;
}

void
blocking_end(struct work *work, const struct settings *settings, int64_t at_ms)
{
	struct account_state *state = &work->state;
	struct block_change *change = work_change(work);

	change->at_ms = at_ms;
	change->evidence = places_count(work, settings,
	    places_since(state, settings, at_ms));
	state->blocked_until_ms = 0;
	state->since_ms = at_ms;
	history_afresh(&state->history);
	state_drop(state, INT64_MAX);
	/* Nothing that counts from here on is anywhere else. */
	state->complete_ms = at_ms;
	work->row_count = 0;
	older_count(&work->older, NULL, 0, at_ms);
	work->is_changed = true;
	work->must_last = true;
}

void
blocking_afresh(struct work *work, int64_t at_ms)
{
	struct account_state *state = &work->state;

	if (!state->is_known || state->since_ms >= at_ms)
		return;
	state->since_ms = at_ms;
	history_afresh(&state->history);
}

void
blocking_clamp(struct work *work, int64_t now_ms)
{
	struct account_state *state = &work->state;
	struct held_block *held = &work->held;

	if (state->blocked_until_ms == 0 || held->began_ms <= now_ms)
		return;
	if (state->blocked_until_ms != STATE_FOREVER)
		state->blocked_until_ms -= held->began_ms - now_ms;
	held->began_ms = now_ms;
	work->is_moved = true;
	work->is_changed = true;
}

static void
block_by_hand(struct work *work, const struct settings *settings,
    int64_t now_ms)
{
	struct block_change *change = blocking_begin(work, work->duration_s,
	    now_ms);

	change->evidence = places_count(work, settings,
	    places_since(&work->state, settings, now_ms));
	history_turn(&work->state.history, now_ms,
	    settings->rules[RULE_DECAY]);
	standing_take(&change->standing, &work->state.history, NULL,
	    settings->rules);
	change->cause = CAUSE_MANUAL;
	change->note = work->note;
	detect_blocked(&work->state.history, settings->rules, now_ms);
	work->is_audited = true;
}

static void
accept_places(struct work *work, const struct settings *settings,
    int64_t now_ms)
{
	work->accepted = detect_accept(&work->state.history, settings->rules,
	    now_ms);
	work->is_audited = work->accepted > 0;
	work->is_changed = true;
	work->must_last = true;
}

void
blocking_apply(struct work *work, const struct settings *settings,
    int64_t now_ms)
{
	int64_t until_ms = work->state.blocked_until_ms;
	bool is_over = until_ms <= now_ms;

	work->was_blocked = false;
	work->accepted = 0;
	if (work->kind == WORK_BLOCK) {
		block_by_hand(work, settings, now_ms);
		return;
	}
	if (work->accepts && work->state.is_known)
		accept_places(work, settings, now_ms);
	if (until_ms == 0 || (work->kind == WORK_EXPIRE && !is_over)) {
		/* Or it was blocked anew since somebody saw that it is over. */
		work->is_orphan = work->kind == WORK_EXPIRE && until_ms == 0;
		work->is_changed |= work->is_orphan;
		return;
	}
	work->was_blocked = work->kind == WORK_EXPIRE || !is_over;
	work->is_audited |= work->kind == WORK_UNBLOCK && !is_over;
	blocking_end(work, settings, is_over ? until_ms : now_ms);
}
