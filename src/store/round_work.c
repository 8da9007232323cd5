/*
 * round_work.c -- an account in a round: its state, the question, what follows.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/round_work.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
work_reset(struct work *work)
{
	state_init(&work->state);
	override_clear(&work->of_domain);
	override_clear(&work->of_account);
	older_clear(&work->older);
	free(work->older_text);
	work->older_text = NULL;
	free(work->rows);
	work->rows = NULL;
	work->row_count = 0;
	work->is_recalled = false;
	work->is_changed = false;
	work->must_last = false;
	work->counts = false;
	work->trim_ms = 0;
	work->is_moved = false;
	work->attempts = 0;
	work->reached_count = 0;
	work->change_count = 0;
	work->is_orphan = false;
	work->is_audited = false;
}

void
work_sign(struct work *work, int64_t version)
{
	work->saved_version = version;
	if (!work->counts)
		return;
	/* That of the first save stays: it may be done yet, late. */
	if (work->mark == 0)
		work->mark = marks_next(work->marks);
	state_add_mark(&work->state, work->mark, work->marks);
}

bool
work_is_written(const struct work *work)
{
	return (work->saved_version != 0 &&
	    work->state.version == work->saved_version) ||
	    state_has_mark(&work->state, work->mark) ||
	    state_has_mark(&work->state, work->earlier_mark);
}

int64_t
work_slack(int64_t memory_ms)
{
	enum { LATE_MS = 2000 };

	return memory_ms == 0 ? 0 : memory_ms + LATE_MS;
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

/* Of the newest most + 1 the last one gives way, and all before it. What the
 * row holds is written once more, so that it stays. */
static void
give_way(struct work *work, size_t most, int64_t since_ms)
{
	struct account_state *state = &work->state;
	int64_t lost_ms = work->rows[most].last_ms;

	work->row_count = most;
	work->trim_ms = work->rows[most - 1].last_ms;
	work->is_changed = true;
	if (lost_ms > since_ms)
		work->older.lost_ms = lost_ms;
	for (size_t i = 0; i < state->place_count; i++)
		if (state->places[i].written_ms < work->trim_ms)
			state->places[i].is_due = true;
}

void
work_take_rows(struct work *work, size_t most, int64_t since_ms,
    int64_t now_ms)
{
	struct account_state *state = &work->state;
	size_t held = state->place_count;
	int64_t newest_ms = since_ms;
	size_t left = 0;

	if (work->row_count > most)
		give_way(work, most, since_ms);
	for (size_t i = 0; i < work->row_count; i++) {
		struct place place = work->rows[i];
		struct place *there = state_find(state, &place.network);

		if (place.last_ms > now_ms) {
			place.last_ms = now_ms;
			place.is_due = true;
		}
		if (there != NULL) {
			take_newer(there, &place);
			continue;
		}
		if (place.last_ms <= since_ms)
			continue;
		if (held < PLACES_MAX) {
			state->places[held++] = place;
			state->place_count = held;
			continue;
		}
		if (place.last_ms > newest_ms)
			newest_ms = place.last_ms;
		work->rows[left++] = place;
	}
	work->row_count = left;
	state->complete_ms = newest_ms;
	older_count(&work->older, work->rows, left, now_ms);
}

/* A login that the table has and the account's row has not. */
static void
take_row(struct work *work, struct place *place)
{
	for (size_t i = 0; i < work->row_count; i++)
		if (addr_equal(&work->rows[i].network, &place->network)) {
			*place = work->rows[i];
			return;
		}
}

struct place *
work_add_place(struct work *work, const struct addr *network,
    int64_t since_ms)
{
	struct place *place;

	/* Many at a time: how many there are is not written each time. */
	for (int i = 0; i < PLACES_MAX / 4 && (i > 0 ||
	    state_is_full(&work->state)); i++)
		older_add(&work->older, state_let_oldest_go(&work->state));
	place = state_add(&work->state, network);
	if (place->last_ms == 0)
		take_row(work, place);
	if (place->last_ms > since_ms)
		older_take(&work->older, place);
	return place;
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
	work->counts = true;
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

char *
work_audit(const struct work *work, const char **action)
{
	bool is_block = work->kind == WORK_BLOCK;
	json_t *detail = is_block ? json_pack("{sI ss}", "duration",
	    (json_int_t)work->duration_s, "reason", work->note) :
				    json_pack("{ss*}", "reason", work->note);
	char *text;

	if (work->accepted > 0)
		json_object_set_new(detail, "learned",
		    json_integer((json_int_t)work->accepted));
	text = json_dumps(detail, JSON_COMPACT);

	json_decref(detail);
	*action = is_block ? "block" : "unblock";
	return text;
}

json_t *
change_json(const struct block_change *change)
{
	char text[EVIDENCE_TEXT_SIZE];
	json_t *object = json_loads(evidence_text(&change->evidence, text), 0,
	    NULL);

	if (change->asn != 0)
		json_object_set_new(object, "asn",
		    json_integer((json_int_t)change->asn));
	if (change->as_name[0] != '\0')
		json_object_set_new(object, "as_name",
		    json_string(change->as_name));
	standing_write(&change->standing, object);
	return object;
}
