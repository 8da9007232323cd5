/*
 * verdict_foretell.c -- the verdict that a login would get; nothing is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/verdict_foretell.h"

#include "policy/limits.h"

#include <string.h>

static void
foretell_block(const struct account_record *record, struct would_be *would)
{
	const struct block *block = &record->block;

	would->outcome = OUTCOME_BLOCKED;
	would->finding.cause = block->cause;
	would->finding.found = block->found;
	would->finding.limit = block->limit;
	would->finding.per_s = block->per_s;
	would->finding.until_ms = block->until_ms;
	strncpy(would->finding.note, block->note,
	    sizeof(would->finding.note) - 1);
}

static void
foretell_limits(const struct config *config,
    const struct account_record *record, struct would_be *would)
{
	struct judgement judgement;

	would->finding.evidence = limits_count(&record->settings,
	    record->logins, record->login_count, &would->login);
	would->finding.evidence.is_capped = record->evidence.is_capped;
	judgement = limits_judge(&record->settings, &would->finding.evidence,
	    &would->login);
	if (judgement.cause == CAUSE_NONE)
		return;
	would->outcome = config->block.enabled ? OUTCOME_BLOCKED :
						 OUTCOME_OVER_LIMIT;
	would->finding.cause = judgement.cause;
	would->finding.found = judgement.found;
	would->finding.limit = judgement.limit;
	would->finding.per_s = record->settings.window_s;
}

/* The rules of detection, on a copy of the history; what they say goes before
 * the limits. */
static void
foretell_history(const struct config *config,
    const struct account_record *record, struct history *history,
    struct would_be *would)
{
	struct suspicion found = detect_judge(history, &would->attempt,
	    record->settings.rules, record->is_warm, record->now_ms);

	if (found.cause == CAUSE_NONE)
		return;
	would->outcome = found.is_deferral ? OUTCOME_DEFERRED :
	    config->block.enabled	   ? OUTCOME_BLOCKED :
					     OUTCOME_OVER_LIMIT;
	would->finding.cause = found.cause;
	would->finding.found = found.found;
	would->finding.limit = found.limit;
	would->finding.per_s = found.per_s;
}

static void
foretell_rates(const struct account_record *record, struct would_be *would)
{
	const struct rates *rates = &record->settings.rates;

	for (size_t i = 0; i < rates->count && i < record->rate_count; i++) {
		if (record->rates[i].used < rates->rules[i].mails)
			continue;
		would->outcome = OUTCOME_OVER_RATE;
		would->finding.cause = CAUSE_RATE;
		would->finding.found = record->rates[i].used;
		would->finding.limit = rates->rules[i].mails;
		would->finding.per_s = rates->rules[i].per_s;
		return;
	}
}

bool
verdict_foretell(const struct desk *desk, const char *account,
    const struct account_record *record, const char *address,
    struct would_be *would)
{
	struct history history = record->history;
	struct login login;

	memset(would, 0, sizeof(*would));
	would->is_observed = desk->config->mode == MODE_OBSERVE;
	would->finding.evidence = record->evidence;
	if (!decide_login(desk, address, &would->login,
		&would->is_network_exempt))
		return false;
	login = would->login;
	login.trust = detect_trust(&login, &record->settings);
	detect_begin(&history, &login, record->settings.rules, false,
	    record->now_ms, &would->attempt);
	standing_take(&would->finding.standing, &record->history,
	    &would->attempt, record->settings.rules);
	if (!account_name_is_ours(&desk->config->identity, account))
		would->outcome = OUTCOME_NO_ACCOUNT;
	else if (configured_is_exempt(desk->overrides, account))
		would->outcome = OUTCOME_EXEMPT;
	else if (account_record_is_blocked(record))
		foretell_block(record, would);
	else {
		if (would->login.network.bits != 0)
			foretell_limits(desk->config, record, would);
		foretell_history(desk->config, record, &history, would);
	}
	if (would->outcome == OUTCOME_PASS)
		foretell_rates(record, would);
	return true;
}
