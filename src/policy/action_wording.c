/*
 * action_wording.c -- which action an account gets, and in which language.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/action_wording.h"

/* Outcomes that users read something of. */
static enum text_action
text_of(enum outcome outcome)
{
	switch ((int)outcome) {
	case OUTCOME_BLOCKED:
		return TEXT_BLOCKED;
	case OUTCOME_OVER_LIMIT:
		return TEXT_OVER_LIMIT;
	case OUTCOME_OVER_RATE:
		return TEXT_OVER_RATE;
	case OUTCOME_DEFERRED:
		return TEXT_NEW_PLACE;
	default:
		return TEXT_ACTIONS;
	}
}

const char *
wording_of(const struct config *config, const char *account,
    enum outcome outcome, enum language *language)
{
	const char *const general[OUTCOME_COUNT] = {
		[OUTCOME_PASS] = config->actions.ok,
		[OUTCOME_NO_ACCOUNT] = config->actions.ok,
		[OUTCOME_EXEMPT] = config->actions.ok,
		[OUTCOME_BLOCKED] = config->actions.blocked,
		[OUTCOME_OVER_LIMIT] = config->actions.over_limit,
		[OUTCOME_OVER_RATE] = config->actions.over_rate,
		[OUTCOME_DEFERRED] = config->actions.new_place,
		[OUTCOME_ERROR] = config->actions.error,
		[OUTCOME_BUSY] = config->actions.error,
	};
	enum text_action text = text_of(outcome);
	const struct text_set *set = text == TEXT_ACTIONS ? NULL :
	    texts_find(&config->texts, account);
	const char *action = set == NULL ? NULL : texts_action(set, text);

	*language = set == NULL ? LANGUAGE_UNSET : set->language;
	return action != NULL ? action : general[outcome];
}
