/*
 * tell.c -- what a step of a script found, as words.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "world.h"

#include "store/place_name.h"

#include <stdio.h>

static void
tell_limit(struct text *text, const char *name, uint32_t limit)
{
	if (limit == UNLIMITED)
		text_printf(text, " %s=unlimited", name);
	else
		text_printf(text, " %s=%u", name, (unsigned)limit);
}

/* "max_countries=3", "home_max_networks=10" */
static void
tell_limits(struct text *text, const uint32_t limits[MEASURE_COUNT])
{
	for (int i = 0; i < MEASURE_COUNT; i++) {
		char name[40];

		snprintf(name, sizeof(name), "%s%s", measures[i].is_home ?
		    "home_" : "max_", measures[i].key);
		tell_limit(text, name, limits[i]);
	}
}

static void
tell_places(struct text *text, const struct evidence *evidence)
{
	const uint32_t *found = evidence->found;

	text_printf(text, " asns=%u/%u", (unsigned)found[MEASURE_ASNS],
	    (unsigned)found[MEASURE_HOME_ASNS]);
	text_printf(text, " places=%u/%u home=%u/%u",
	    (unsigned)found[MEASURE_COUNTRIES],
	    (unsigned)found[MEASURE_NETWORKS],
	    (unsigned)found[MEASURE_HOME_COUNTRIES],
	    (unsigned)found[MEASURE_HOME_NETWORKS]);
}

void
tell_check(struct text *text, const struct check *check)
{
	static const char *const verdicts[] = { "pass", "blocked",
		"over_limit", "over_rate", "deferred" };
	const struct finding *finding = &check->finding;
	char time[32];

	if (check->result != STORE_DONE) {
		text_add(text, "failed");
		return;
	}
	text_add(text, verdicts[finding->verdict]);
	if (finding->verdict == VERDICT_BLOCKED)
		text_printf(text, " %s until=%s",
		    finding->is_new_block ? "new" : "not_new",
		    world_show(finding->until_ms, time));
	if (finding->cause != CAUSE_NONE)
		text_printf(text, " cause=%s found=%u/%u per=%us",
		    world_cause(finding->cause), (unsigned)finding->found,
		    (unsigned)finding->limit, (unsigned)finding->per_s);
	if (finding->note[0] != '\0')
		text_printf(text, " note=%s", finding->note);
	tell_places(text, &finding->evidence);
	tell_limits(text, finding->limits);
}

static void
tell_block(struct text *text, const struct block *block)
{
	char began[32], until[32], ended[32];

	text_printf(text, " block=%s found=%u/%u per=%us began=%s until=%s "
	    "ended=%s attempts=%llu client=%s/%s note=%s",
	    world_cause(block->cause), (unsigned)block->found,
	    (unsigned)block->limit, (unsigned)block->per_s,
	    world_show(block->began_ms, began),
	    world_show(block->until_ms, until),
	    world_show(block->ended_ms, ended),
	    (unsigned long long)block->attempts, block->client,
	    block->country, block->note);
}

static void
tell_settings(struct text *text, const struct settings *settings)
{
	tell_limits(text, settings->limits);
	for (size_t i = 0; i < settings->home_countries.count; i++)
		text_printf(text, " is_home=%s",
		    settings->home_countries.codes[i]);
	for (size_t i = 0; i < settings->only_countries.count; i++)
		text_printf(text, " only=%s",
		    settings->only_countries.codes[i]);
	for (size_t i = 0; i < settings->only_networks.count; i++) {
		char network[ADDR_TEXT_SIZE];

		text_printf(text, " only=%s",
		    addr_format(&settings->only_networks.list[i], network));
	}
	text_add(text, " origins=");
	for (int i = 0; i < SETTING_RULES; i++)
		text_printf(text, "%d", settings->origin[i]);
}

/* " has=AS64496:3t": three days, and today; "b": barred today. */
static void
tell_days(struct text *text, const char *what, const struct days_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		char name[PLACE_NAME_SIZE];
		uint64_t bits = table->list[i].bits;

		text_printf(text, " %s=%s:%u%s%s", what,
		    place_name_text(table->list[i].name, name),
		    history_past_days(bits), bits & 1 ? "t" : "",
		    bits >> 62 & 1 ? "b" : "");
	}
}

static void
tell_history(struct text *text, const struct history *history)
{
	text_printf(text, " days=%u", history_past_days(history->active));
	tell_days(text, "has", &history->places);
	tell_days(text, "around", &history->arounds);
	tell_days(text, "in", &history->countries);
	for (int i = 0; i < SPAN_WEEK; i++)
		text_printf(text, " %s=%u,%u,%u,%u", i == SPAN_HOUR ? "hour" :
		    "day", (unsigned)history_sum(&history->rings[i], MAIL_ALL),
		    (unsigned)history_sum(&history->rings[i], MAIL_YOUNG),
		    (unsigned)history_sum(&history->rings[i], MAIL_NEW),
		    (unsigned)history->peaks[i]);
}

void
tell_record(struct text *text, const struct account_record *record)
{
	char first[32], last[32];

	text_printf(text, "%s since=%s", record->is_known ? "known" :
	    "unknown", world_show(record->since_ms, first));
	tell_places(text, &record->evidence);
	if (record->has_block)
		tell_block(text, &record->block);
	text_printf(text, " logins=%zu/%llu", record->login_count,
	    (unsigned long long)record->logins_in_all);
	for (size_t i = 0; i < record->login_count; i++) {
		const struct login_record *login = &record->logins[i];
		char network[ADDR_TEXT_SIZE];

		text_printf(text, " %s:%s:%s..%s:%llu:%s",
		    addr_format(&login->network, network),
		    login->country[0] != '\0' ? login->country : "-",
		    world_show(login->first_ms, first),
		    world_show(login->last_ms, last),
		    (unsigned long long)login->mails,
		    login->is_within ? "in" : "out");
	}
	for (size_t i = 0; i < record->rate_count; i++)
		text_printf(text, " rate=%u/%u/%us",
		    (unsigned)record->rates[i].used,
		    (unsigned)record->settings.rates.rules[i].mails,
		    (unsigned)record->rates[i].per_s);
	tell_history(text, &record->history);
	tell_settings(text, &record->settings);
}
