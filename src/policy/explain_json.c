/*
 * explain_json.c -- an account explained to programs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/explain_json.h"

#include "base/duration.h"
#include "policy/block_json.h"
#include "policy/explain_history.h"
#include "policy/time_json.h"

#include <string.h>

static void
add_limit(struct text *value, uint32_t limit)
{
	if (limit == UNLIMITED)
		text_add(value, "unlimited");
	else
		text_printf(value, "%u", limit);
}

static void
add_countries(struct text *value, const struct countries *countries)
{
	for (size_t i = 0; i < countries->count; i++)
		text_printf(value, "%s%s", i > 0 ? " " : "",
		    countries->codes[i]);
}

static void
add_networks(struct text *value, const struct networks *networks)
{
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < networks->count; i++)
		text_printf(value, "%s%s", i > 0 ? " " : "",
		    addr_format(&networks->list[i], text));
}

static void
add_rates(struct text *value, const struct rates *rates)
{
	char per[24];

	for (size_t i = 0; i < rates->count; i++) {
		duration_format(rates->rules[i].per_s, per);
		text_printf(value, "%s%u mails in %s", i > 0 ? ", " : "",
		    rates->rules[i].mails, per);
	}
}

void
explain_setting(const struct settings *settings, enum setting setting,
    struct text *value)
{
	if ((int)setting < MEASURE_COUNT) {
		add_limit(value, settings->limits[setting]);
		return;
	}
	if (setting >= SETTING_RULES) {
		enum rule rule = (enum rule)(setting - SETTING_RULES);
		char words[RULE_TEXT_SIZE];

		text_add(value, rule_text(rule, settings->rules[rule],
		    words));
		return;
	}
	switch (setting) {
	case SETTING_HOME_COUNTRIES:
		add_countries(value, &settings->home_countries);
		break;
	case SETTING_ONLY_COUNTRIES:
		add_countries(value, &settings->only_countries);
		break;
	case SETTING_ONLY_NETWORKS:
		add_networks(value, &settings->only_networks);
		break;
	case SETTING_RATES:
		add_rates(value, &settings->rates);
		break;
	case SETTING_RULES:
	case SETTING_COUNT:
	default:
		break;
	}
	if (value->length == 0)
		text_add(value, "-");
}

static json_t *
settings_json(const struct settings *settings)
{
	json_t *object = json_object();

	for (int i = 0; i < SETTING_COUNT; i++) {
		char bytes[1024];
		struct text value;

		text_init(&value, bytes, sizeof(bytes));
		explain_setting(settings, (enum setting)i, &value);
		json_object_set_new(object, settings_name((enum setting)i),
		    json_pack("{ss ss}", "value", bytes, "from",
			settings_origin((enum origin)settings->origin[i])));
	}
	return object;
}

static json_t *
evidence_json(const struct evidence *evidence, uint32_t window_s)
{
	json_t *object = json_pack("{si}", "window", (int)window_s);

	for (int i = 0; i < MEASURE_COUNT; i++)
		json_object_set_new(object, measures[i].name,
		    json_integer((json_int_t)evidence->found[i]));
	json_object_set_new(object, "or_more",
	    json_boolean(evidence->is_capped));
	return object;
}

/* Each count beside its limit, and where that comes from. */
static json_t *
counts_json(const struct account_record *record)
{
	const struct settings *settings = &record->settings;
	json_t *array = json_array();

	for (int i = 0; i < MEASURE_COUNT; i++) {
		uint32_t limit = settings->limits[i];

		json_array_append_new(array, json_pack("{ss ss ss sI so ss}",
		    "name", measures[i].name, "words", measures[i].many,
		    "option", measures[i].option, "found",
		    (json_int_t)record->evidence.found[i], "limit",
		    limit == UNLIMITED ? json_null() : json_integer(limit),
		    "from", settings_origin(
			(enum origin)settings->origin[i])));
	}
	return array;
}

/* Mail that it tried to send, the running two hours first. */
static json_t *
mails_json(const struct history *history)
{
	enum { SPAN_S = 2 * 3600 };
	json_t *array = json_array();

	for (int i = 0; i < RATE_SUMS; i++)
		json_array_append_new(array, json_integer((json_int_t)
			history->rings[SPAN_DAY].sums[MAIL_ALL][i]));
	return json_pack("{si so}", "span", (int)SPAN_S, "spans", array);
}

static json_t *
logins_json(const struct account_record *record)
{
	json_t *array = json_array();

	for (size_t i = 0; i < record->login_count; i++) {
		const struct login_record *login = &record->logins[i];
		char network[ADDR_TEXT_SIZE];

		json_array_append_new(array,
		    json_pack("{ss ss sI so so sI sb}", "network",
			addr_format(&login->network, network), "country",
			login->country, "asn", (json_int_t)login->asn, "first", show_time(login->first_ms),
			"last", show_time(login->last_ms), "mails",
			(json_int_t)login->mails, "counts",
			login->is_within));
	}
	return array;
}

static json_t *
attempts_json(const struct account_record *record)
{
	json_t *array = json_array();

	for (size_t i = 0; i < record->attempt_count; i++) {
		const struct login_record *attempt = &record->attempts[i];
		char network[ADDR_TEXT_SIZE];

		json_array_append_new(array, json_pack("{ss ss so so}",
		    "network", addr_format(&attempt->network, network),
		    "country", attempt->country,
		    "first", show_time(attempt->first_ms),
		    "last", show_time(attempt->last_ms)));
	}
	return array;
}

static json_t *
rates_json(const struct account_record *record)
{
	const struct rates *rates = &record->settings.rates;
	json_t *array = json_array();

	for (size_t i = 0; i < rates->count; i++)
		json_array_append_new(array, json_pack("{si sI sI}", "per",
		    (int)rates->rules[i].per_s, "limit",
		    (json_int_t)rates->rules[i].mails, "used",
		    (json_int_t)record->rates[i].used));
	return array;
}

static json_t *
verdict_json(const char *address, const struct would_be *would)
{
	const struct finding *f = &would->finding;
	char reason[REASON_SIZE];

	reply_reason_of(f, reason);
	return json_pack("{ss ss sI ss ss ss sI so sb sb ss ss sb}", "client", address,
	    "country", would->login.country, "asn",
	    (json_int_t)would->login.asn, "as_name", would->login.as_name,
	    "place", f->standing.place, "state",
	    place_state_name(f->standing.state), "days",
	    (json_int_t)f->standing.place_days, "first",
	    show_day(f->standing.first_ms),
	    "exempt_network", would->is_network_exempt,
	    "provider", would->login.trust == TRUST_PROVIDER,
	    "verdict", decide_outcome(would->outcome), "reason", reason,
	    "observed", would->is_observed);
}

json_t *
explain_json(const struct desk *desk, const char *account,
    const struct account_record *record, const char *address,
    const struct would_be *would)
{
	const struct block *block = &record->block;
	json_t *document = json_pack("{ss sb sb sb sb so so so so so so so so so}",
	    "account", account, "known", record->is_known, "exempt",
	    configured_is_exempt(desk->overrides, account), "blocked",
	    account_record_is_blocked(record), "geoip", geo_has_countries(desk->geo), "block",
	    record->has_block ? show_block(block) : json_null(),
	    "counted_since", show_time(record->since_ms), "evidence",
	    evidence_json(&record->evidence, record->settings.window_s),
	    "counts", counts_json(record), "mails",
	    mails_json(&record->history),
	    "settings", settings_json(&record->settings), "rates",
	    rates_json(record), "logins", logins_json(record),
	    "attempts", attempts_json(record));

	json_object_set_new(document, "history",
	    explain_history(desk, record));
	if (would != NULL)
		json_object_set_new(document, "login",
		    verdict_json(address, would));
	return document;
}
