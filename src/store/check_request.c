/*
 * check_request.c -- record, count and judge a request, on an account's state.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/check_request.h"

#include "store/blocking.h"
#include "store/detect.h"
#include "store/places.h"

#include <stdio.h>
#include <string.h>

/* An account that had a mail so shortly before may have many. */
enum { BUSY_MS = 1000 };

/* A request while it is worked on. */
struct question {
	struct work *work;
	struct check *check;
	const struct settings *settings;
	const struct store_setup *setup;
	int64_t instance;
	int64_t now_ms;
	int64_t since_ms;	/* logins up to here do not count */
	bool is_repeat;		/* the mail has passed: it counts once */
	struct attempt attempt;
};

/* The account is blocked: count the attempt. */
static void
answer_blocked(struct question *q)
{
	const struct work *work = q->work;
	struct finding *finding = &q->check->finding;

	q->work->attempts++;
	finding->verdict = VERDICT_BLOCKED;
	finding->cause = work->held.cause;
	finding->found = work->held.found;
	finding->limit = work->held.limit;
	finding->per_s = work->held.per_s;
	snprintf(finding->note, sizeof(finding->note), "%s", work->held.note);
	if (work->state.blocked_until_ms != STATE_FOREVER)
		finding->until_ms = work->state.blocked_until_ms;
	finding->evidence = places_count(work, q->settings, q->since_ms);
}

/* Is the place new to the window, or in a country it was not in? */
static bool
record_login(struct question *q)
{
	struct account_state *state = &q->work->state;
	const struct login *login = &q->check->login;
	int64_t fresh_ms = (int64_t)q->settings->window_s * 1000 / 60;
	struct place *place;
	bool is_new;

	state_drop(state, q->since_ms);
	place = state_find(state, &login->network);
	if (place == NULL)
		place = work_add_place(q->work, &login->network,
		    q->since_ms);
	is_new = place->last_ms <= q->since_ms ||
	    strcmp(place->country, login->country) != 0;
	if (fresh_ms > PLACE_FRESH_MS)
		fresh_ms = PLACE_FRESH_MS;
	place->is_due |= is_new || place->asn != login->asn ||
	    place->written_ms <= q->now_ms - fresh_ms;
	memcpy(place->country, login->country, sizeof(place->country));
	place->asn = login->asn;
	place->last_ms = q->now_ms;
	place->pending += q->instance == 0 ||
	    (!q->is_repeat && state->last_instance != q->instance);
	return is_new;
}

static void
judge_login(struct question *q)
{
	struct finding *finding = &q->check->finding;
	struct judgement judgement;

	if (q->check->login.network.bits == 0) {
		finding->evidence = places_count(q->work, q->settings,
		    q->since_ms);
		return;
	}
	/* What is new must not be forgotten by a crash, or more would pass
	 * than the limit; a repeat can be. */
	q->work->must_last |= record_login(q);
	finding->evidence = places_count(q->work, q->settings, q->since_ms);
	judgement = q->setup->judge(q->settings, &finding->evidence,
	    &q->check->login);
	if (judgement.cause == CAUSE_NONE)
		return;
	finding->cause = judgement.cause;
	finding->found = judgement.found;
	finding->limit = judgement.limit;
	finding->per_s = q->settings->window_s;
	finding->verdict = q->setup->block->enabled ? VERDICT_BLOCKED :
						      VERDICT_OVER_LIMIT;
}

/* Count the attempt in the history. */
static void
begin_attempt(struct question *q, bool is_again)
{
	struct account_state *state = &q->work->state;
	struct login login = q->check->login;

	login.trust = detect_trust(&login, q->settings);
	detect_begin(&state->history, &login, q->settings->rules, is_again,
	    q->now_ms, &q->attempt);
}

/* Judge it by the history; what it says goes before the limits. */
static void
judge_history(struct question *q)
{
	struct finding *finding = &q->check->finding;
	struct suspicion found = detect_judge(&q->work->state.history,
	    &q->attempt, q->settings->rules, q->setup->is_warm, q->now_ms);

	if (found.cause == CAUSE_NONE)
		return;
	finding->cause = found.cause;
	finding->found = found.found;
	finding->limit = found.limit;
	finding->per_s = found.per_s;
	finding->verdict = found.is_deferral ? VERDICT_DEFERRED :
	    q->setup->block->enabled	     ? VERDICT_BLOCKED :
					       VERDICT_OVER_LIMIT;
}

/* Refused mail is not counted, and one mail is counted once. */
static void
ask_rates(struct question *q)
{
	const struct check *check = q->check;
	const struct rates *rates = &q->settings->rates;
	struct account_state *state = &q->work->state;
	struct finding *finding = &q->check->finding;
	uint64_t used = 0;
	size_t broken;

	if (finding->cause != CAUSE_NONE || q->setup->is_learning ||
	    check->weight == 0 ||
	    rates->count == 0 || (check->weighs_once &&
				     state_is_rated(state, q->instance)))
		return;
	broken = rates_ask(&state->rates, rates, check->weight, q->now_ms,
	    &used);
	if (broken > 0) {
		finding->verdict = VERDICT_OVER_RATE;
		finding->cause = CAUSE_RATE;
		finding->found = (uint32_t)used;
		finding->limit = rates->rules[broken - 1].mails;
		finding->per_s = rates->rules[broken - 1].per_s;
		return;
	}
	state->rated_ms = q->now_ms;
	if (check->weighs_once)
		state_set_rated(state, q->instance);
	q->work->counts |= !check->weighs_once;
	q->work->is_changed = true;
}

/* It passes: the history learns, and a further recipient is no mail more. */
static void
remember_mail(struct question *q)
{
	struct account_state *state = &q->work->state;

	if (q->is_repeat)
		return;
	detect_passed(&state->history, &q->attempt, q->settings->rules);
	state_add_instance(state, q->instance);
}

/* What was found has consequences: the report's row, a block. */
static void
conclude(struct question *q)
{
	struct finding *finding = &q->check->finding;
	struct block_change *change;

	if (finding->cause == CAUSE_NONE) {
		remember_mail(q);
		return;
	}
	standing_look(&finding->standing, &q->work->state.history,
	    &q->check->login, q->settings);
	work_reach(q->work, finding->cause, finding->limit, finding->per_s);
	if (finding->verdict != VERDICT_BLOCKED)
		return;
	detect_blocked(&q->work->state.history, q->settings->rules,
	    q->now_ms);
	if (*q->setup->mode == MODE_OBSERVE) {
		finding->would_block = true;
		return;
	}
	finding->is_new_block = true;
	change = blocking_begin(q->work, q->setup->block->duration_s,
	    q->now_ms);
	change->cause = finding->cause;
	change->found = finding->found;
	change->limit = finding->limit;
	change->per_s = finding->per_s;
	change->evidence = finding->evidence;
	memcpy(change->country, q->check->login.country,
	    sizeof(change->country));
	change->asn = q->check->login.asn;
	memcpy(change->as_name, q->check->login.as_name,
	    sizeof(change->as_name));
	change->standing = finding->standing;
	if (q->check->login.client.bits != 0)
		addr_format(&q->check->login.client, change->client);
	q->work->held = (struct held_block){ .cause = finding->cause,
		.found = finding->found, .limit = finding->limit,
		.per_s = finding->per_s, .began_ms = q->now_ms };
	if (change->until_ms != STATE_FOREVER)
		finding->until_ms = change->until_ms;
}

/* It was sent long ago, whatever is said of it now. */
static void
pass_anyway(struct finding *finding)
{
	finding->verdict = VERDICT_PASS;
	finding->cause = CAUSE_NONE;
	finding->found = 0;
	finding->limit = 0;
	finding->per_s = 0;
}

/* The mails that passed before, unasked, and are not counted yet. */
static uint32_t
held_mails(const struct question *q)
{
	const struct check *check = q->check;
	const struct account_state *state = &q->work->state;

	/* Who was forgotten since is not remade by it. */
	if (check->is_held_only && !state->is_known)
		return 0;
	return check->held + (check->is_held_only && q->instance != 0 &&
	    !state_has_instance(state, q->instance));
}

/* Count so many of them as if they had been asked for. */
static void
add_held(struct question *q, uint32_t mails)
{
	struct account_state *state = &q->work->state;
	const struct check *check = q->check;
	const struct login *login = &check->login;
	int64_t last_ms = check->held_last_ms;
	struct place *place;

	if (last_ms == 0 || last_ms > q->now_ms)
		last_ms = q->now_ms;
	for (uint32_t i = 0; i < mails; i++) {
		begin_attempt(q, false);
		detect_date(&state->history, &q->attempt, last_ms);
		detect_passed(&state->history, &q->attempt,
		    q->settings->rules);
	}
	if (check->is_held_only)
		state_add_instance(state, q->instance);
	q->work->is_changed = true;
	q->work->counts = true;
	if (login->network.bits == 0)
		return;
	place = state_find(state, &login->network);
	if (place == NULL) {
		place = work_add_place(q->work, &login->network,
		    q->since_ms);
		memcpy(place->country, login->country,
		    sizeof(place->country));
		place->asn = login->asn;
	}
	place->pending += mails;
	if (place->last_ms < last_ms)
		place->last_ms = last_ms;
	/* No other may come for a while. */
	place->is_due |= check->is_held_only;
	/* If it does not count any more its row alone is written. */
	state_drop(state, q->since_ms);
}

/* What passed may pass again: a place that has taught what it has to teach
 * today, and counts nothing that waits for each mail. */
static bool
may_pass_again(const struct question *q)
{
	const struct finding *finding = &q->check->finding;

	return finding->verdict == VERDICT_PASS &&
	    finding->cause == CAUSE_NONE && !q->is_repeat &&
	    !q->setup->is_learning &&
	    detect_is_taught(&q->work->state.history, &q->attempt);
}

static void
apply(struct work *work, struct check *check,
    const struct settings *settings, const struct store_setup *setup,
    int64_t now_ms)
{
	struct account_state *state = &work->state;
	struct finding *finding = &check->finding;
	struct question q = { .work = work, .check = check,
		.settings = settings, .setup = setup,
		.instance = state_instance(check->instance,
		    &check->login.client),
		.now_ms = now_ms };
	uint32_t mails;

	memset(finding, 0, sizeof(*finding));
	memcpy(finding->limits, settings->limits, sizeof(finding->limits));
	/* Its time is over: a fresh count begins where it ended. */
	if (state->blocked_until_ms != 0 && state->blocked_until_ms <= now_ms)
		blocking_end(work, settings, state->blocked_until_ms);
	q.since_ms = places_since(state, settings, now_ms);
	mails = held_mails(&q);
	if (mails > 0)
		add_held(&q, mails);
	if (check->is_held_only)
		return;
	if (check->is_counted) {
		state_add_instance(state, q.instance);
		state->last_instance = q.instance;
	}
	if (state->blocked_until_ms != 0) {
		answer_blocked(&q);
		return;
	}
	state->seen_ms = now_ms;
	q.is_repeat = state_has_instance(state, q.instance);
	if (!q.is_repeat)
		begin_attempt(&q, q.instance != 0 &&
		    state->last_instance == q.instance);
	finding->is_new_place = q.attempt.is_new;
	finding->is_young_place = q.attempt.is_young;
	judge_login(&q);
	if (!q.is_repeat && !setup->is_learning)
		judge_history(&q);
	if (setup->is_learning)
		pass_anyway(finding);
	ask_rates(&q);
	state->last_instance = q.instance;
	work->is_changed = true;
	/* A mail by its instance is known again. */
	work->counts |= q.instance == 0;
	conclude(&q);
	finding->may_pass = may_pass_again(&q);
	finding->has_rates = settings->rates.count > 0;
}

void
check_decide(struct work *work, const struct store_setup *setup,
    int64_t now_ms)
{
	if (state_clamp(&work->state, now_ms))
		work->is_changed = true;
	blocking_clamp(work, now_ms);
	if (work->kind != WORK_CHECK) {
		const struct settings settings = work_settings(work,
		    setup->settings);

		work->counts = true;
		if (work->kind == WORK_LEARN)
			lesson_apply(work, &settings);
		else
			blocking_apply(work, &settings, now_ms);
		return;
	}
	/* Of others that come meanwhile there may be more than it knows
	 * again. */
	work->counts |= now_ms - work->state.seen_ms < BUSY_MS;
	for (size_t i = 0; i < work->check_count; i++) {
		struct check *check = work->checks[i];
		const struct settings settings = work_settings(work,
		    check->settings);

		apply(work, check, &settings, setup, now_ms);
	}
}
