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
#include "policy/action_wording.h"
#include "policy/store_inquiry.h"

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
void
decide_end(const struct desk *desk, struct decision *decision)
{
	const struct config *config = desk->config;
	enum language language;
	const char *action;

	if (decision->outcome != OUTCOME_BUSY) {
		decision->is_observed = config->mode == MODE_OBSERVE;
		action = wording_of(config, decision->account,
		    decision->is_observed ? OUTCOME_PASS : decision->outcome,
		    &language);
		reply_format_in(language, action, decision->account,
		    &decision->login, &decision->finding, decision->action);
		count(desk->geo, decision);
	}
	if (desk->answer != NULL)
		desk->answer(desk->answerer, decision);
}

/* Steps 3 to 10, but for the store. */
static void
judge(struct desk *desk, struct decision *decision, struct inquiry *inquiry,
    int64_t deadline_ms)
{
	if (decision->outcome != OUTCOME_NO_ACCOUNT &&
	    configured_is_exempt(desk->overrides, decision->account))
		decision->outcome = OUTCOME_EXEMPT; /* step 3 */
	if (decision->outcome == OUTCOME_NO_ACCOUNT ||
	    decision->outcome == OUTCOME_EXEMPT ||
	    inquiry_decides(desk, inquiry, decision, deadline_ms))
		decide_end(desk, decision);
}

void
decide_begin(struct desk *desk, struct decision *const *decisions,
    size_t count, struct inquiry *inquiry, int64_t deadline_ms)
{
	struct decision *open[ROUND_MAX];
	size_t open_count = 0;

	for (size_t i = 0; i < count; i++) {
		const struct request *request = decisions[i]->request;
		int64_t late_us = decisions[i]->late_us;

		memset(decisions[i], 0, sizeof(*decisions[i]));
		decisions[i]->request = request;
		decisions[i]->late_us = late_us;
		if (name_account(desk->config, decisions[i]))
			open[open_count++] = decisions[i];
		else
			decide_end(desk, decisions[i]);
	}
	resolve_accounts(desk, open, open_count, deadline_ms);
	for (size_t i = 0; i < open_count; i++)
		judge(desk, open[i], inquiry, deadline_ms);
}

void
decide(struct desk *desk, struct decision *decision, int64_t deadline_ms)
{
	struct inquiry inquiry;

	inquiry.count = 0;
	decide_begin(desk, &decision, 1, &inquiry, deadline_ms);
	if (inquiry.count == 0)
		return;
	inquiry_prepare(desk, &inquiry);
	inquiry_ask(desk->store, &inquiry, deadline_ms);
	inquiry_end(desk, &inquiry);
}
