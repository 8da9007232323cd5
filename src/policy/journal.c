/*
 * journal.c -- the log line of a decision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/journal.h"

#include "base/log.h"

#include <stdio.h>

static bool
is_refused(enum outcome outcome)
{
	return outcome == OUTCOME_BLOCKED || outcome == OUTCOME_OVER_LIMIT ||
	    outcome == OUTCOME_OVER_RATE ||
	    outcome == OUTCOME_DEFERRED || outcome == OUTCOME_ERROR;
}

/* How many places there are, and may be. */
static void
log_counts(const struct config *config, const struct finding *finding)
{
	const uint32_t *found = finding->evidence.found;
	bool tells_home = config->settings.home_countries.count > 0 ||
	    found[MEASURE_HOME_NETWORKS] > 0;

	for (int i = 0; i < MEASURE_COUNT; i++) {
		char key[40];

		if (measures[i].is_home && !tells_home)
			continue;
		log_number(measures[i].name, found[i]);
		if (finding->limits[i] == UNLIMITED)
			continue;
		snprintf(key, sizeof(key), "%s_limit", measures[i].name);
		log_number(key, finding->limits[i]);
	}
	if (finding->evidence.is_capped)
		log_text("or_more", "yes");
}

static void
log_outcome(const struct decision *decision)
{
	const struct finding *finding = &decision->finding;
	const char *outcome = decide_outcome(decision->outcome);
	char reason[REASON_SIZE];

	if (decision->is_network_exempt)
		log_text("exempt", "network");
	else if (decision->login.trust == TRUST_PROVIDER)
		log_text("exempt", "provider");
	if (decision->is_observed && is_refused(decision->outcome)) {
		log_text("verdict", "pass");
		log_text("would", outcome);
	} else {
		log_text("verdict", outcome);
	}
	if (finding->is_new_block)
		log_text("blocked", "now");
	log_text("reason", reply_reason_of(finding, reason));
}

void
journal_decision(const struct config *config, const struct decision *decision,
    int64_t took_us)
{
	enum log_level level = LOG_LEVEL_INFO;
	char address[ADDR_TEXT_SIZE];

	if (config->log_decisions == DECISIONS_REFUSED &&
	    !is_refused(decision->outcome))
		return;
	/* Mail that nobody logged in for is not what we watch. */
	if (decision->outcome == OUTCOME_NO_ACCOUNT)
		level = LOG_LEVEL_DEBUG;
	if (level > config->log.level)
		return;
	log_begin(level, "decision");
	log_text("account", decision->account);
	log_text("client", decision->login.client.bits != 0 ?
	    addr_format(&decision->login.client, address) :
	    decision->request->client_address);
	log_text("country", decision->login.country);
	if (decision->login.asn != 0)
		log_number("asn", decision->login.asn);
	if (decision->finding.is_new_place ||
	    decision->finding.is_young_place)
		log_text("place", decision->finding.is_new_place ? "new" :
								   "young");
	if (decision->is_found)
		log_counts(config, &decision->finding);
	if (decision->is_unasked)
		log_text("memory", "yes");
	log_outcome(decision);
	log_text("action", decision->action);
	log_text("instance", decision->request->instance);
	log_text("queue_id", decision->request->queue_id);
	log_milliseconds("ms", took_us);
	log_end();
}
