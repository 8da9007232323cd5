/*
 * explain.c -- why an account is treated as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/explain.h"

#include "base/addr.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/log.h"
#include "base/text.h"
#include "command/account_subject.h"
#include "command/print.h"
#include "jobs/explain_history_text.h"
#include "policy/explain_json.h"
#include "policy/limits.h"
#include "policy/login_standing_words.h"
#include "policy/verdict_foretell.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* Logins read, to foretell a verdict, and shown. */
enum { LOGINS_READ = 100000, LOGINS_SHOWN = 50 };

static void
show_block(FILE *out, const struct account_record *record)
{
	const struct block *block = &record->block;
	char reason[REASON_SIZE];
	char began[WHEN_SIZE];
	char until[WHEN_SIZE];
	bool holds = account_record_is_blocked(record);

	print_moment(out, block->began_ms, began);
	print_moment(out, holds ? block->until_ms : block->ended_ms, until);
	if (holds)
		fprintf(out, "State      BLOCKED since %s until %s\n", began,
		    block->until_ms == 0 ? "it is unblocked" : until);
	else
		fprintf(out, "State      not blocked; the last block was from "
		    "%s to %s\n", began, block->ended_ms != 0 ? until :
		    "its end");
	fprintf(out, "Reason     %s\n", reply_reason(block->cause,
	    block->found, block->limit, block->per_s, block->note, reason));
	if (block->client[0] != '\0')
		fprintf(out, "Caused by  a login from %s (%s)\n",
		    block->client, block->country[0] != '\0' ?
		    block->country : "country unknown");
	fprintf(out, "Refused    %llu %s during the block\n",
	    (unsigned long long)block->attempts,
	    block->attempts == 1 ? "request" : "requests");
}

/* "3 countries, 5 networks" */
static void
list_found(FILE *out, const struct evidence *evidence, bool is_home)
{
	const char *before = "";

	for (int i = 0; i < MEASURE_COUNT; i++) {
		if (measures[i].is_home != is_home)
			continue;
		fprintf(out, "%s%u %s%s", before, evidence->found[i],
		    evidence->is_capped ? "or more " : "",
		    measures[measure_of(measures[i].what, false)].many);
		before = ", ";
	}
}

static void
show_evidence(FILE *out, const struct account_record *record)
{
	char window[24];
	char since[WHEN_SIZE];

	duration_format(record->settings.window_s, window);
	fprintf(out, "Evidence   within %s: ", window);
	list_found(out, &record->evidence, false);
	if (record->settings.home_countries.count > 0) {
		fputs("; at home: ", out);
		list_found(out, &record->evidence, true);
	}
	fputc('\n', out);
	if (record->since_ms != 0) {
		print_moment(out, record->since_ms, since);
		fprintf(out, "           counted afresh since %s\n", since);
	}
}

static void
show_settings(FILE *out, const struct settings *settings)
{
	static const char *const heads[] = { "SETTING", "VALUE", "FROM",
		NULL };
	struct table *table = table_new(heads);

	for (int i = 0; i < SETTING_COUNT; i++) {
		char bytes[1024];
		struct text value;
		const char *row[] = { settings_name((enum setting)i), bytes,
			settings_origin((enum origin)settings->origin[i]) };

		text_init(&value, bytes, sizeof(bytes));
		explain_setting(settings, (enum setting)i, &value);
		table_add(table, row);
	}
	fputc('\n', out);
	table_print(table, out);
	table_free(table);
}

static void
show_rates(FILE *out, const struct account_record *record)
{
	const struct rates *rates = &record->settings.rates;

	for (size_t i = 0; i < rates->count; i++) {
		char per[24];

		duration_format(rates->rules[i].per_s, per);
		fprintf(out, "%s%u of %u mails used within %s\n",
		    i == 0 ? "\nRates      " : "           ",
		    record->rates[i].used, rates->rules[i].mails, per);
	}
}

static void
show_logins(FILE *out, const struct account_record *record)
{
	static const char *const heads[] = { "NETWORK", "COUNTRY", "SYSTEM",
		"FIRST", "LAST", "MAILS", "COUNTS", NULL };
	struct table *table = table_new(heads);

	for (size_t i = 0; i < record->login_count && i < LOGINS_SHOWN; i++) {
		const struct login_record *login = &record->logins[i];
		char network[ADDR_TEXT_SIZE];
		char first[WHEN_SIZE];
		char last[WHEN_SIZE];
		char mails[24];
		char system[16] = "-";
		const char *row[] = { network, login->country[0] != '\0' ?
			login->country : "-", system, first, last, mails,
			login->is_within ? "yes" : "no" };

		addr_format(&login->network, network);
		print_time(out, login->first_ms, first);
		print_time(out, login->last_ms, last);
		snprintf(mails, sizeof(mails), "%llu",
		    (unsigned long long)login->mails);
		if (login->asn != 0)
			snprintf(system, sizeof(system), "AS%u", login->asn);
		table_add(table, row);
	}
	fprintf(out, "\nLogins     %llu networks known, newest first%s\n",
	    (unsigned long long)record->logins_in_all,
	    record->logins_in_all > LOGINS_SHOWN ? " (the first 50)" : "");
	table_print(table, out);
	table_free(table);
}

static void
show_attempts(FILE *out, const struct account_record *record)
{
	static const char *const heads[] = { "NETWORK", "COUNTRY", "FIRST",
		"LAST", NULL };
	struct table *table = table_new(heads);

	for (size_t i = 0; i < record->attempt_count && i < LOGINS_SHOWN;
	     i++) {
		const struct login_record *attempt = &record->attempts[i];
		char network[ADDR_TEXT_SIZE];
		char first[WHEN_SIZE];
		char last[WHEN_SIZE];
		const char *row[] = { network, attempt->country[0] != '\0' ?
			attempt->country : "-", first, last };

		addr_format(&attempt->network, network);
		print_time(out, attempt->first_ms, first);
		print_time(out, attempt->last_ms, last);
		table_add(table, row);
	}
	fputs("\nAttempts   while it was blocked, newest first\n", out);
	table_print(table, out);
	table_free(table);
}

static void
show_verdict(FILE *out, const char *address, const struct would_be *would)
{
	char reason[REASON_SIZE];
	char asn[80] = "";
	char words[STANDING_WORDS_SIZE];
	const struct finding *f = &would->finding;
	const char *place = would->is_network_exempt ? "an exempt network" :
	    standing_place_words(&f->standing, LANGUAGE_EN, words);

	if (would->login.asn != 0)
		snprintf(asn, sizeof(asn), ", AS%u %s", would->login.asn,
		    would->login.as_name);
	fprintf(out, "\nA login from %s (%s%s, %s) would be: %s", address,
	    would->login.country[0] != '\0' ? would->login.country :
	    "country unknown", asn, place, decide_outcome(would->outcome));
	reply_reason_of(f, reason);
	if (reason[0] != '\0')
		fprintf(out, ": %s", reason);
	fprintf(out, "%s\n", would->is_observed &&
	    would->outcome != OUTCOME_PASS ?
	    " (mode: observe, so it passes)" : "");
}

static void
show(const struct job *job, const struct desk *desk, const char *account,
    const struct account_record *record)
{
	FILE *out = job->out;
	char visible[PRINT_NAME_SIZE];

	fprintf(out, "Account    %s\n", print_name(account, visible));
	if (!account_name_is_ours(&desk->config->identity, account))
		fprintf(out, "Counted    no: identity.domains has not its "
		    "domain, so all its mail passes\n");
	if (configured_is_exempt(desk->overrides, account))
		fprintf(out, "Exempt     yes: exempt.accounts names it; "
		    "nothing is stored or limited\n");
	if (record->has_block)
		show_block(out, record);
	else
		fprintf(out, "State      %s\n", record->is_known ?
		    "not blocked" : "not blocked; nothing is known of it");
	if (!geo_has_countries(desk->geo))
		fprintf(out, "GeoIP      none: geoip.country is not set, so "
		    "networks alone are counted\n");
	show_evidence(out, record);
	explain_history_show(out, desk, record);
	show_settings(out, &record->settings);
	show_rates(out, record);
	if (record->login_count > 0)
		show_logins(out, record);
	if (record->attempt_count > 0)
		show_attempts(out, record);
}

static int
refuse(const char *address)
{
	log_error("\"%.60s\" is not an IP address; write 192.0.2.1 or "
		  "2001:db8::1", address);
	return EX_USAGE;
}

/* Answer for an account whose record was read. */
static int
tell(const struct job *job, const struct desk *desk, const char *account,
    const char *address, const struct account_record *record)
{
	struct would_be would;

	if (address != NULL &&
	    !verdict_foretell(desk, account, record, address, &would))
		return refuse(address);
	if (job->is_json) {
		json_t *document = explain_json(desk, account, record,
		    address, address != NULL ? &would : NULL);

		print_json(job->out, document);
		json_decref(document);
		return EX_OK;
	}
	show(job, desk, account, record);
	if (address != NULL)
		show_verdict(job->out, address, &would);
	return EX_OK;
}

int
explain_run(const struct job *job, const char *given, const char *address,
    const struct geo_paths *geoip)
{
	struct account_record record;
	char account[ACCOUNT_SIZE];
	struct desk desk;
	struct addr client;
	int status;

	/* Before the store is asked, which may be away. */
	if (address != NULL && addr_parse(address, &client) != 0)
		return refuse(address);
	status = subject_find(job, given, account);
	if (status != EX_OK)
		return status;
	if (desk_open(&desk, job->config, geoip) != 0)
		return EX_UNAVAILABLE;
	if (store_account(desk.store, account,
		configured_find(desk.overrides, account), LOGINS_READ, &record,
		clock_mono_ms() + JOB_PATIENCE_MS) == STORE_DONE)
		status = tell(job, &desk, account, address, &record);
	else
		status = EX_UNAVAILABLE;
	account_record_clear(&record);
	desk_close(&desk);
	return status;
}
