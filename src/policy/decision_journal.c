/*
 * decision_journal.c -- the log line of a decision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/decision_journal.h"

#include "base/log.h"
#include "policy/login_standing_words.h"

#include <math.h>
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

/* Where it comes from: what is known of that if it matters. */
static void
log_place(const struct decision *decision)
{
	const struct login *login = &decision->login;
	const struct finding *finding = &decision->finding;
	const struct standing *standing = &finding->standing;
	char first[STANDING_WORDS_SIZE];

	log_text("country", login->country);
	if (login->asn != 0)
		log_number("asn", login->asn);
	if (standing->state != PLACE_UNTOLD || finding->is_new_place ||
	    finding->is_young_place)
		log_text("as_name", login->as_name);
	if (finding->is_new_place)
		log_text("place", "new");
	else if (finding->is_young_place)
		log_text("place", "young");
	else
		log_text("place", place_state_name(standing->state));
	log_text("first", standing_first(standing, first));
	if (standing->is_told)
		log_number("known_places", standing->known_places);
}

/* The rule or limit that speaks: what it counted, what it allows, and the peak
 * that it goes by. */
static void
log_cause(const struct finding *finding)
{
	enum span span = cause_span(finding->cause);

	log_text("cause", cause_name(finding->cause));
	if (finding->limit == 0 && finding->per_s == 0)
		return;
	log_number("found", finding->found);
	log_number("limit", finding->limit);
	log_number("window", finding->per_s);
	if (finding->standing.is_told && span != SPANS)
		log_number("peak",
		    llround(finding->standing.spans[span].peak));
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
	log_place(decision);
	if (decision->is_found) {
		log_counts(config, &decision->finding);
		log_cause(&decision->finding);
	}
	if (decision->is_unasked)
		log_text("memory", "yes");
	log_outcome(decision);
	log_text("action", decision->action);
	log_text("instance", decision->request->instance);
	log_text("queue_id", decision->request->queue_id);
	log_milliseconds("ms", took_us);
	log_end();
}
