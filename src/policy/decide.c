/*
 * decide.c -- a round of requests: ask the facts in order, and answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/decide.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/netset.h"
#include "base/text.h"
#include "config/providers.h"
#include "policy/note.h"
#include "policy/weight.h"
#include "policy/wording.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum counter stat;
} outcomes[OUTCOME_COUNT] = {
	[OUTCOME_PASS] = { "pass", STAT_PASSED },
	[OUTCOME_NO_ACCOUNT] = { "none", STAT_PASSED },
	[OUTCOME_EXEMPT] = { "exempt", STAT_EXEMPT },
	[OUTCOME_BLOCKED] = { "blocked", STAT_BLOCKED },
	[OUTCOME_OVER_LIMIT] = { "over_limit", STAT_OVER_LIMIT },
	[OUTCOME_OVER_RATE] = { "over_rate", STAT_OVER_RATE },
	[OUTCOME_DEFERRED] = { "deferred", STAT_DEFERRED },
	[OUTCOME_ERROR] = { "error", STAT_ERRORS },
	[OUTCOME_BUSY] = { "busy", STAT_ERRORS },
};

const char *
decide_outcome(enum outcome outcome)
{
	return outcomes[outcome].name;
}

/* Step 2: whose mail is it, as far as the request says? */
static bool
name_account(const struct config *config, struct decision *decision)
{
	const struct request *request = decision->request;
	const struct account_name_source source = {
		.sasl_username = request->sasl_username,
		.sender = request->sender,
		.client_address = request->client_address,
	};

	switch (
	    account_name_name(&config->identity, &source, decision->account)) {
	case IDENTITY_NAMED:
		return true;
	case IDENTITY_TOO_LONG:
		log_warning("an account of over %d bytes is not counted: "
		    "%.100s...", ACCOUNT_SIZE - 1,
		    request->sasl_username[0] != '\0' ?
			request->sasl_username : request->sender);
		break;
	case IDENTITY_NONE:
	case IDENTITY_FOREIGN:
	default:
		break;
	}
	decision->outcome = OUTCOME_NO_ACCOUNT;
	decision->is_found = false;
	return false;
}

/* Step 2 to its end: the directory may know the name as an alias. */
static void
resolve_accounts(struct desk *desk, struct decision **open, size_t count,
    int64_t deadline_ms)
{
	struct account_query queries[ROUND_MAX];

	if (!desk->config->ldap.enabled || clock_left_ms(deadline_ms) == 0)
		return;
	for (size_t i = 0; i < count; i++)
		memcpy(queries[i].name, open[i]->account, ACCOUNT_SIZE);
	/* One that does not answer leaves a quarter of the time to the store. */
	accounts_resolve(desk->accounts, queries, count,
	    deadline_ms - clock_left_ms(deadline_ms) / 4);
	for (size_t i = 0; i < count; i++) {
		memcpy(open[i]->account, queries[i].name, ACCOUNT_SIZE);
		if (queries[i].result == ACCOUNT_SKIPPED)
			open[i]->outcome = OUTCOME_NO_ACCOUNT;
	}
}

/* Step 5: where is it? */
static void
locate(struct geo *geo, struct login *login)
{
	struct place place;

	geo_locate(geo, &login->client, &place);
	memcpy(login->country, place.country, sizeof(login->country));
	login->asn = place.asn;
	memcpy(login->as_name, place.as_name, sizeof(login->as_name));
}

/* Whose network is it? An exempt country's logins are stored all the same. */
static enum trust
trust_of(const struct config *config, const struct login *login,
    bool is_exempt)
{
	if (is_exempt ||
	    countries_has(&config->exempt.countries, login->country))
		return TRUST_EXEMPT;
	return providers_has(config->providers.all, &login->client,
		   login->asn) ? TRUST_PROVIDER : TRUST_COUNTED;
}

/* Steps 5 and 6. */
bool
decide_login(const struct desk *desk, const char *address,
    struct login *login, bool *is_exempt)
{
	const struct config *config = desk->config;

	*is_exempt = false;
	login->trust = TRUST_EXEMPT;
	if (addr_parse(address, &login->client) != 0 ||
	    login->client.prefix != login->client.bits)
		return false;
	locate(desk->geo, login);
	*is_exempt = netset_has(config->exempt.networks, &login->client);
	login->trust = trust_of(config, login, *is_exempt);
	if (!*is_exempt && login->trust != TRUST_PROVIDER)
		login->network = addr_mask(&login->client,
		    config->count.ipv4_prefix, config->count.ipv6_prefix);
	return true;
}

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

/* One round trip. Without time for it, it could but look as if the store did
 * not answer. */
static void
ask_round(struct desk *desk, struct check *checks, size_t count,
    int64_t deadline_ms)
{
	int64_t began_us = clock_mono_us();
	uint64_t took_us;

	if (clock_left_ms(deadline_ms) == 0)
		return;
	store_check(desk->store, checks, count, deadline_ms);
	took_us = (uint64_t)(clock_mono_us() - began_us);
	counters_add(STAT_STORE_ROUNDS, 1);
	counters_add(STAT_STORE_US, took_us);
	counters_observe(STAT_STORE_TIME_0, took_us);
	/* What failed is mostly the round's last, if not all of it. */
	counters_add(STAT_STORE_FAILURES,
	    checks[count - 1].result != STORE_DONE &&
		!checks[count - 1].is_busy);
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

/* Steps 4 and 7 to 10 for those that the store is asked for. */
static void
ask_for(struct desk *desk, struct decision **asked, struct check *checks,
    struct unasked_query *queries, size_t count, int64_t deadline_ms)
{
	ask_round(desk, checks, count, deadline_ms);
	for (size_t i = 0; i < count; i++) {
		unasked_note(desk->unasked, &checks[i], &queries[i]);
		asked[i]->outcome = outcome_of(desk, &checks[i], &queries[i]);
		note_check(desk->noted, desk->config, &checks[i]);
		asked[i]->finding = checks[i].finding;
		asked[i]->is_found = checks[i].result == STORE_DONE;
		asked[i]->is_unasked = !asked[i]->is_found &&
		    asked[i]->outcome == OUTCOME_PASS;
		counters_add(STAT_UNASKED, asked[i]->is_unasked);
		counters_add(STAT_BLOCKS, checks[i].finding.is_new_block);
		count_cause(&checks[i]);
	}
}

/* When it is answered: a busy account is decided again and again. */
static void
count(const struct geo *geo, const struct decision *decision)
{
	const struct login *login = &decision->login;

	counters_add(STAT_REQUESTS, 1);
	counters_add(outcomes[decision->outcome].stat, 1);
	counters_add(STAT_AT_STAGE, decision->stage == AT_STAGE);
	counters_add(STAT_OFF_STAGE, decision->stage == OFF_STAGE);
	counters_add(STAT_GEO_MISSES, login->client.bits != 0 &&
		login->country[0] == '\0' && geo_has_countries(geo));
}

/* Step 11, and all that is answered otherwise. */
static void
answer(const struct desk *desk, struct decision *decision)
{
	const struct config *config = desk->config;
	enum language language;
	const char *action;

	if (decision->outcome == OUTCOME_BUSY)
		return;
	decision->is_observed = config->mode == MODE_OBSERVE;
	action = wording_of(config, decision->account,
	    decision->is_observed ? OUTCOME_PASS : decision->outcome,
	    &language);
	reply_format_in(language, action, decision->account,
	    &decision->login, &decision->finding, decision->action);
	count(desk->geo, decision);
}

static void
pass_unasked(const struct desk *desk, struct decision *decision)
{
	decision->outcome = OUTCOME_PASS;
	counters_add(STAT_UNASKED, 1);
	if (desk->answer == NULL)
		return;
	answer(desk, decision);
	desk->answer(desk->answerer, decision);
	decision->is_answered = true;
}

/* Steps 4 and 7 to 10: what passed a moment ago passes; the others go to the
 * store. */
static void
ask_store(struct desk *desk, struct decision **open, size_t count,
    int64_t deadline_ms)
{
	struct check checks[ROUND_MAX];
	struct unasked_query queries[ROUND_MAX];
	struct decision *asked[ROUND_MAX];
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		struct check *check = &checks[left];

		prepare_check(desk, open[i], check);
		check->result = STORE_FAILED;
		open[i]->is_unasked = unasked_passes(desk->unasked, check,
		    &queries[left], desk->blocked == NULL ||
			!blocked_has(desk->blocked, check->account));
		if (open[i]->is_unasked)
			pass_unasked(desk, open[i]);
		else
			asked[left++] = open[i];
	}
	if (left > 0)
		ask_for(desk, asked, checks, queries, left, deadline_ms);
}

void
decide(struct desk *desk, struct decision *decisions, size_t count,
    int64_t deadline_ms)
{
	struct decision *open[ROUND_MAX];
	size_t open_count = 0;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct request *request = decisions[i].request;

		memset(&decisions[i], 0, sizeof(decisions[i]));
		decisions[i].request = request;
		if (name_account(desk->config, &decisions[i]))
			open[open_count++] = &decisions[i];
	}
	resolve_accounts(desk, open, open_count, deadline_ms);
	for (size_t i = 0; i < open_count; i++) {
		if (open[i]->outcome == OUTCOME_NO_ACCOUNT)
			continue;
		if (configured_is_exempt(desk->overrides, open[i]->account))
			open[i]->outcome = OUTCOME_EXEMPT; /* step 3 */
		else
			open[kept++] = open[i];
	}
	if (kept > 0)
		ask_store(desk, open, kept, deadline_ms);
	for (size_t i = 0; i < count; i++)
		if (!decisions[i].is_answered)
			answer(desk, &decisions[i]);
}
