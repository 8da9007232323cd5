/*
 * status.c -- how the server of this host is, in ten lines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/status.h"

#include "base/clock.h"
#include "command/print.h"
#include "command/terminal.h"
#include "jobs/status_lines.h"
#include "policy/store_of.h"
#include "store/mode_change.h"
#include "store/would_block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static void
ask_server(const struct config *config, struct status_facts *facts)
{
	const char *path = config->server.status;

	if (path[0] == '\0')
		facts->error = ENOENT;
	else if (status_file_read(&facts->server, path) != 0)
		facts->error = errno;
	else
		facts->is_live = status_file_is_live(&facts->server,
		    facts->now_ms);
}

/* When the day began that it is, by the local time zone. */
static int64_t
midnight_ms(int64_t now_ms)
{
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm parts;

	if (localtime_r(&seconds, &parts) == NULL)
		return now_ms;
	parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
	parts.tm_isdst = -1;
	return (int64_t)mktime(&parts) * 1000;
}

static enum store_result
ask_today(struct store *store, struct status_facts *facts,
    int64_t deadline_ms)
{
	const struct decisions_span *span = decisions_spans;
	struct decision_bucket *buckets = NULL;
	enum store_result result;
	size_t count = 0;

	while (span->length_s != DAY_S)
		span++;
	result = store_decisions(store, span, &buckets, &count,
	    &facts->store_now_ms, deadline_ms);
	facts->today_ms = midnight_ms(facts->now_ms);
	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < DECIDED_VERDICTS; k++)
			if (buckets[i].at_ms >= facts->today_ms)
				facts->today[k] += buckets[i].counts[k];
	free(buckets);
	return result;
}

static void
ask_store(const struct config *config, struct status_facts *facts)
{
	struct store *store = store_of(config);
	int64_t deadline_ms = clock_mono_ms() + JOB_PATIENCE_MS;
	int64_t began_us;

	facts->schema = store_init(store, false, deadline_ms);
	began_us = clock_mono_us();
	if (facts->schema == STORE_DONE &&
	    store_count(store, &facts->totals, deadline_ms) == STORE_DONE) {
		facts->store_us = clock_mono_us() - began_us;
		facts->has_totals = ask_today(store, facts, deadline_ms) ==
			STORE_DONE &&
		    store_count_would(store, &facts->would, deadline_ms) ==
			STORE_DONE &&
		    mode_change_read(store, deadline_ms) == STORE_DONE &&
		    store_hosts(store, &facts->hosts, &facts->host_count,
			&facts->store_now_ms, deadline_ms) == STORE_DONE;
		facts->changed_ms = mode_change_ms(store);
	}
	store_close(store);
}

static void
print_lines(const struct job *job, struct status_line *lines, size_t wrong)
{
	struct terminal terminal = terminal_of(job->out);
	enum colour state = wrong > 0 ? COLOUR_RED : COLOUR_GREEN;
	char host[256] = "";

	(void)gethostname(host, sizeof(host) - 1);
	fprintf(job->out, "policyd %s on %s: %s", POLICYD_VERSION, host,
	    terminal_begin(&terminal, state));
	if (wrong > 0)
		fprintf(job->out, "%zu %s wrong", wrong,
		    wrong == 1 ? "thing is" : "things are");
	else
		fputs("all is well", job->out);
	fprintf(job->out, "%s\n", terminal_end(&terminal, state));
	for (size_t i = 0; i < STATUS_LINES; i++) {
		state = lines[i].is_wrong ? COLOUR_RED : COLOUR_NONE;
		if (lines[i].text[0] != '\0')
			fprintf(job->out, "%-10s %s%s%s%s\n", lines[i].name,
			    terminal_begin(&terminal, state),
			    lines[i].is_wrong ? "WRONG: " : "",
			    lines[i].text, terminal_end(&terminal, state));
	}
}

static void
print_document(const struct job *job, struct status_line *lines, size_t wrong)
{
	json_t *document = json_pack("{ss sb}", "version", POLICYD_VERSION,
	    "ok", wrong == 0);
	json_t *texts = json_object();

	for (size_t i = 0; i < STATUS_LINES; i++) {
		if (lines[i].json != NULL)
			json_object_set(document, lines[i].key,
			    lines[i].json);
		if (lines[i].is_wrong)
			json_object_set_new(texts, lines[i].key,
			    json_string(lines[i].text));
	}
	json_object_set_new(document, "wrong", texts);
	print_json(job->out, document);
	json_decref(document);
}

int
status_run(const struct job *job)
{
	struct status_facts facts = { .config = job->config,
		.now_ms = clock_wall_ms() };
	struct status_line lines[STATUS_LINES] = { 0 };
	size_t wrong = 0;

	ask_server(job->config, &facts);
	ask_store(job->config, &facts);
	status_lines(&facts, lines);
	for (size_t i = 0; i < STATUS_LINES; i++)
		wrong += lines[i].is_wrong;
	if (job->is_json)
		print_document(job, lines, wrong);
	else
		print_lines(job, lines, wrong);
	for (size_t i = 0; i < STATUS_LINES; i++)
		json_decref(lines[i].json);
	for (size_t i = 0; i < facts.host_count; i++)
		host_clear(&facts.hosts[i]);
	free(facts.hosts);
	return wrong > 0 ? STATUS_WRONG : EX_OK;
}
