/*
 * work.c -- one account in a round: its state, what is asked, what follows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
work_reset(struct work *work)
{
	state_init(&work->state);
	override_clear(&work->of_domain);
	override_clear(&work->of_account);
	free(work->older);
	work->older = NULL;
	work->older_count = 0;
	work->is_changed = false;
	work->must_last = false;
	work->is_moved = false;
	work->attempts = 0;
	work->reached_count = 0;
	work->change_count = 0;
	work->is_orphan = false;
	work->is_audited = false;
}

void
work_clear(struct work *work)
{
	work_reset(work);
}

struct settings
work_settings(const struct work *work, const struct settings *general)
{
	struct settings settings = *general;

	if (work->of_domain.account != NULL)
		settings_overlay(&settings, &work->of_domain,
		    ORIGIN_STORE_DOMAIN);
	if (work->of_account.account != NULL)
		settings_overlay(&settings, &work->of_account,
		    ORIGIN_STORE_ACCOUNT);
	return settings;
}

/* What was copied from another store may be newer than the account's row. */
static void
take_newer(struct place *place, const struct place *copied)
{
	uint32_t pending = place->pending;

	if (copied->last_ms <= place->last_ms)
		return;
	*place = *copied;
	place->pending = pending;
}

void
work_take_older(struct work *work, int64_t since_ms, int64_t now_ms)
{
	struct account_state *state = &work->state;
	size_t held = state->place_count;
	size_t kept = 0;

	for (size_t i = 0; i < work->older_count; i++) {
		struct place place = work->older[i];
		struct place *there = state_find(state, &place.network);

		if (place.last_ms > now_ms) {
			place.last_ms = now_ms;
			place.is_due = true;
		}
		if (there != NULL) {
			take_newer(there, &place);
			continue;
		}
		if (held < PLACES_MAX)
			state->places[held++] = place;
		else
			work->older[kept++] = place;
	}
	state->place_count = held;
	work->older_count = kept;
	/* Those left over are read again the next time. */
	state->complete_ms = kept > 0 ? work->older[0].last_ms : since_ms;
}

void
work_reach(struct work *work, enum cause cause, uint32_t limit, uint32_t per_s)
{
	struct reached *reached = work->reached;
	size_t i = 0;

	while (i < work->reached_count &&
	    (reached[i].cause != cause || reached[i].limit != limit ||
		reached[i].per_s != per_s))
		i++;
	if (i == REACHED_MAX)
		return; /* settings have no more limits than that */
	if (i == work->reached_count)
		reached[work->reached_count++] =
		    (struct reached){ cause, limit, per_s, 0 };
	reached[i].times++;
	work->is_changed = true; /* so that the account's row is ours */
}

struct block_change *
work_change(struct work *work)
{
	struct block_change *change;

	assert(work->change_count < BLOCK_CHANGES_MAX);
	change = &work->changes[work->change_count++];
	memset(change, 0, sizeof(*change));
	change->note = "";
	return change;
}
