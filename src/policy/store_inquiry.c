/*
 * store_inquiry.c -- the requests that the store is asked for together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/store_inquiry.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/text.h"
#include "policy/note_observed.h"
#include "policy/rate_weight.h"

#include <string.h>

/* Step 10: what does this request weigh? */
static void
weigh(const struct config *config, struct decision *decision,
    struct check *check)
{
	const struct request *request = decision->request;
	bool is_due = weight_is_due(config, request);

	decision->stage = is_due ? AT_STAGE : OFF_STAGE;
	check->weight = is_due ?
	    weight_of(config, request, &decision->login.client) : 0;
	check->weighs_once = config->rates.count == RATES_MESSAGES ||
	    config->rates.stage != STAGE_RCPT;
}

static void
prepare_check(struct desk *desk, struct decision *decision,
    struct check *check)
{
	memset(check, 0, sizeof(*check));
	if (!decide_login(desk, decision->request->client_address,
		&decision->login, &decision->is_network_exempt))
		log_debug("not an address: client_address=%.60s",
		    decision->request->client_address);
	check->account = decision->account;
	check->may_defer = desk->may_defer;
	check->instance = text_is_utf8(decision->request->instance) ?
	    decision->request->instance : "";
	check->login = decision->login;
	check->settings = configured_find(desk->overrides, decision->account);
	check->result = STORE_FAILED;	/* so far */
	weigh(desk->config, decision, check);
}

/* The store has no answer; who was blocked before it went stays blocked, and
 * who passed a moment ago passes. */
static enum outcome
answer_without_store(const struct desk *desk, struct check *check,
    struct unasked_query *query)
{
	memset(&check->finding, 0, sizeof(check->finding));
	if (desk->blocked == NULL ||
	    !blocked_has(desk->blocked, check->account))
		return unasked_passes_alone(desk->unasked, check, query) ?
		    OUTCOME_PASS : OUTCOME_ERROR;
	check->finding.cause = CAUSE_MANUAL;
	strcpy(check->finding.note, "used from too many places");
	return OUTCOME_BLOCKED;
}

/* Note for such times what the store says now. */
static void
remember(const struct desk *desk, const struct check *check)
{
	if (desk->blocked == NULL)
		return;
	if (check->finding.verdict != VERDICT_BLOCKED)
		blocked_remove(desk->blocked, check->account);
	else if (desk->config->mode == MODE_ENFORCE)
		blocked_add(desk->blocked, check->account,
		    check->finding.until_ms);
}

static enum outcome
outcome_of(const struct desk *desk, struct check *check,
    struct unasked_query *query)
{
	if (check->is_busy && desk->may_defer)
		return OUTCOME_BUSY;
	if (check->result != STORE_DONE)
		return answer_without_store(desk, check, query);
	remember(desk, check);
	switch (check->finding.verdict) {
	case VERDICT_BLOCKED:
		return OUTCOME_BLOCKED;
	case VERDICT_OVER_LIMIT:
		return OUTCOME_OVER_LIMIT;
	case VERDICT_OVER_RATE:
		return OUTCOME_OVER_RATE;
	case VERDICT_DEFERRED:
		return OUTCOME_DEFERRED;
	case VERDICT_PASS:
	default:
		return OUTCOME_PASS;
	}
}

/* Does it pass by what the store said a moment ago? */
static bool
passes(const struct desk *desk, struct decision *decision,
    const struct check *check, const struct unasked_query *query)
{
	decision->is_unasked = desk->unasked != NULL &&
	    (desk->blocked == NULL ||
		!blocked_has(desk->blocked, check->account)) &&
	    unasked_passes(desk->unasked, check, query);
	if (decision->is_unasked) {
		decision->outcome = OUTCOME_PASS;
		counters_add(STAT_UNASKED, 1);
	}
	return decision->is_unasked;
}

/* Count what spoke: a block, or what is refused without one. */
static void
count_cause(const struct check *check)
{
	const struct finding *finding = &check->finding;
	int more = (int)finding->cause - 1;

	if (check->result != STORE_DONE || finding->cause == CAUSE_NONE)
		return;
	if (finding->is_new_block)
		counters_add((enum counter)((int)STAT_BLOCKS_1 + more), 1);
	else if (finding->verdict != VERDICT_BLOCKED || finding->would_block)
		counters_add((enum counter)((int)STAT_REFUSED_1 + more), 1);
}

/* What the store said of one, or that it said nothing. */
static void
conclude(struct desk *desk, struct decision *decision, struct check *check,
    struct unasked_query *query)
{
	unasked_note(desk->unasked, check, query);
	decision->outcome = outcome_of(desk, check, query);
	note_check(desk->noted, desk->config, check);
	decision->finding = check->finding;
	decision->is_found = check->result == STORE_DONE;
	decision->is_unasked = !decision->is_found &&
	    decision->outcome == OUTCOME_PASS;
	if (!decision->is_found && decision->outcome != OUTCOME_BUSY)
		store_missed(desk->store);
	counters_add(STAT_UNASKED, decision->is_unasked);
	counters_add(STAT_BLOCKS, check->finding.is_new_block);
	count_cause(check);
}

bool
inquiry_decides(struct desk *desk, struct inquiry *inquiry,
    struct decision *decision, int64_t deadline_ms)
{
	struct check *check = &inquiry->checks[inquiry->count];
	struct unasked_query *query = &inquiry->queries[inquiry->count];

	prepare_check(desk, decision, check);
	unasked_query(desk->unasked, check, query);
	if (passes(desk, decision, check, query))
		return true;
	/* Without time for it, it could but look as if the store did not
	 * answer. */
	if (clock_left_ms(deadline_ms) == 0) {
		conclude(desk, decision, check, query);
		return true;
	}
	inquiry->decisions[inquiry->count++] = decision;
	return false;
}

bool
inquiry_look_again(struct desk *desk, struct inquiry *inquiry)
{
	int64_t now_us = clock_mono_us();
	bool has_late = false;
	size_t left = 0;

	for (size_t i = 0; i < inquiry->count; i++) {
		struct decision *decision = inquiry->decisions[i];
		struct check *check = &inquiry->checks[i];
		struct unasked_query *query = &inquiry->queries[i];
		bool is_late = decision->late_us != 0 &&
		    decision->late_us < now_us;

		if (passes(desk, decision, check, query)) {
			decide_end(desk, decision);
		} else if (is_late) {
			conclude(desk, decision, check, query);
			decide_end(desk, decision);
			has_late = true;
		} else {
			inquiry->decisions[left] = decision;
			inquiry->checks[left] = *check;
			inquiry->queries[left++] = *query;
		}
	}
	inquiry->count = left;
	return has_late;
}

void
inquiry_prepare(struct desk *desk, struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->count; i++)
		unasked_take(desk->unasked, &inquiry->checks[i],
		    &inquiry->queries[i]);
}

void
inquiry_ask(struct store *store, struct inquiry *inquiry, int64_t deadline_ms)
{
	const struct check *last = &inquiry->checks[inquiry->count - 1];
	int64_t began_us = clock_mono_us();
	uint64_t took_us;

	store_check(store, inquiry->checks, inquiry->count, deadline_ms);
	took_us = (uint64_t)(clock_mono_us() - began_us);
	counters_add(STAT_STORE_ROUNDS, 1);
	counters_add(STAT_STORE_US, took_us);
	counters_observe(STAT_STORE_TIME_0, took_us);
	/* What failed is mostly the round's last, if not all of it. */
	counters_add(STAT_STORE_FAILURES,
	    last->result != STORE_DONE && !last->is_busy);
}

void
inquiry_end(struct desk *desk, struct inquiry *inquiry)
{
	size_t count = inquiry->count;

	inquiry->count = 0;
	for (size_t i = 0; i < count; i++) {
		conclude(desk, inquiry->decisions[i], &inquiry->checks[i],
		    &inquiry->queries[i]);
		decide_end(desk, inquiry->decisions[i]);
	}
}
