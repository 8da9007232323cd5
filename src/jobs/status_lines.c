/*
 * status_lines.c -- the lines of --status, made of what was found out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/status_lines.h"

#include "base/overdue_thresholds.h"
#include "base/text.h"
#include "command/when.h"
#include "config/secret.h"
#include "geo/geo.h"
#include "policy/time_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long long
count_of(const struct status *status, enum counter which)
{
	return (unsigned long long)status->counts[which];
}

/* --- the server ---------------------------------------------------------- */

static void
tell_no_server(const struct status_facts *facts, struct text *text)
{
	char ago[WHEN_SIZE];

	if (facts->config->server.status[0] == '\0')
		text_add(text, "server.status is empty: whether one runs is "
			       "not known");
	else if (facts->error == ENOENT)
		text_add(text, "none runs here");
	else if (facts->error == EINVAL)
		text_printf(text, "%s is not what a server writes",
		    facts->config->server.status);
	else if (facts->error != 0)
		text_printf(text, "%s: %s", facts->config->server.status,
		    strerror(facts->error));
	else
		text_printf(text, "none runs here; the last sign of one was "
		    "%s", when_ago(facts->server.at_ms, facts->now_ms, ago));
}

static void
tell_server(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	const struct status *server = &facts->server;
	unsigned long long up = count_of(server, STAT_PROCESSES_UP);
	unsigned long long all = count_of(server, STAT_PROCESSES);
	bool is_other = strcmp(server->version, POLICYD_VERSION) != 0;
	char span[WHEN_SIZE];

	line->json = json_pack("{sb}", "running", facts->is_live);
	if (!facts->is_live) {
		line->is_wrong = true;
		tell_no_server(facts, text);
		return;
	}
	line->is_wrong = up < all || all == 0 ||
	    server->counts[STAT_WORKERS] == 0 || is_other;
	text_printf(text, "%llu of %llu processes are up; pid %lld, for %s",
	    up, all, (long long)server->pid,
	    when_span(facts->now_ms - server->since_ms, span));
	if (is_other)
		text_printf(text, "; it is version %s: restart it",
		    server->version);
	json_object_update_new(line->json, json_pack("{sI ss so sI sI sI}",
	    "pid", (json_int_t)server->pid, "version", server->version,
	    "since", show_time(server->since_ms), "processes_up",
	    (json_int_t)up, "processes", (json_int_t)all, "generation",
	    (json_int_t)server->counts[STAT_GENERATION]));
}

static void
tell_mode(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	const char *mode =
	    facts->config->mode == MODE_OBSERVE ? "observe" : "enforce";
	bool differs = facts->is_live &&
	    strcmp(mode, facts->server.mode) != 0;
	char ago[WHEN_SIZE];

	line->is_wrong = differs;
	line->json = json_string(mode);
	text_add(text, mode);
	if (facts->config->mode == MODE_OBSERVE)
		text_add(text, ": nothing is refused, only told");
	else if (facts->changed_ms != 0)
		text_printf(text, ", after observe; that changed %s",
		    when_ago(facts->changed_ms, facts->now_ms, ago));
	if (differs)
		text_printf(text, "; but the server goes by %s: reload it",
		    facts->server.mode);
}

/* --- what it needs ------------------------------------------------------- */

static void
tell_store(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	const struct status *server = &facts->server;
	unsigned long long away = facts->is_live ?
	    count_of(server, STAT_STORE_AWAY) : 0;
	char *url = secret_mask(facts->config->store.url);

	text_printf(text, "%s ", url);
	if (facts->schema == STORE_NONE)
		text_add(text, "has not the schema that is needed, see above");
	else if (!facts->has_totals)
		text_add(text, "does not answer, see above");
	else
		text_printf(text, "answers within %.1f ms",
		    (double)facts->store_us / 1000);
	if (away > 0)
		text_printf(text, "; it is away for %llu processes of the "
		    "server", away);
	else if (facts->is_live && !server->is_schema_ready)
		text_add(text, "; the server does not find it");
	line->is_wrong = !facts->has_totals || away > 0 ||
	    (facts->is_live && !server->is_schema_ready);
	line->json = json_pack("{ss sb sI}", "url", url, "answers",
	    facts->has_totals, "away_for", (json_int_t)away);
	free(url);
}

static void
tell_file(const struct status_facts *facts, enum geoip_file kind,
    struct status_line *line, struct text *text)
{
	const char *path = facts->config->geoip.files[kind];
	struct geo_paths paths = { { NULL } };
	struct geo *geo = NULL;
	int64_t built_ms = 0;
	bool is_there = access(path, R_OK) == 0;
	char ago[WHEN_SIZE];

	paths.of[kind] = path;
	if (is_there)
		geo = geo_open(&paths, &paths);
	if (geo != NULL)
		built_ms = geo_file_built_s(geo, kind) * 1000;
	geo_close(geo);
	text_printf(text, "%s%s ", text->length > 0 ? "; " : "", path);
	if (!is_there)
		text_printf(text, "cannot be read: %s", strerror(errno));
	else if (built_ms == 0)
		text_add(text, "cannot be used, see above");
	else
		text_printf(text, "is of %s",
		    when_ago(built_ms, facts->now_ms, ago));
	if (built_ms != 0 && facts->is_live && facts->server.is_missing[kind])
		text_add(text, " and not taken yet");
	if (built_ms == 0 ||
	    facts->now_ms - built_ms > (int64_t)OVERDUE_GEOIP_S * 1000)
		line->is_wrong = true;
	json_array_append_new(line->json, json_pack("{ss ss so}", "key",
	    geo_key(kind), "file", path, "built", show_time(built_ms)));
}

static void
tell_geoip(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	line->json = json_array();
	for (int i = 0; i < GEOIP_FILES; i++)
		if (facts->config->geoip.files[i][0] != '\0')
			tell_file(facts, (enum geoip_file)i, line, text);
	if (text->length == 0)
		text_add(text, "no file is set: networks alone are counted");
}

static void
tell_directory(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	unsigned long long away;

	if (!facts->config->ldap.enabled || !facts->is_live)
		return;
	away = count_of(&facts->server, STAT_LDAP_AWAY);
	line->is_wrong = away > 0;
	line->json = json_pack("{sI}", "away_for", (json_int_t)away);
	if (away > 0)
		text_printf(text, "away for %llu processes: names are taken "
		    "as they come", away);
	else
		text_add(text, "nobody misses it");
}

/* --- what it does -------------------------------------------------------- */

static void
tell_today(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	static const char *const words[DECIDED_VERDICTS] = {
		[DECIDED_PASSED] = "passed", [DECIDED_EXEMPT] = "exempt",
		[DECIDED_BLOCKED] = "of blocked accounts",
		[DECIDED_OVER_LIMIT] = "over a limit",
		[DECIDED_OVER_RATE] = "over a rate",
		[DECIDED_DEFERRED] = "deferred",
		[DECIDED_ERRORS] = "without the store",
	};
	const uint64_t *today = facts->today;
	unsigned long long sum = 0;
	char since[WHEN_SIZE];

	if (!facts->has_totals)
		return;
	for (int i = 0; i < DECIDED_VERDICTS; i++)
		sum += today[i];
	when_local(facts->today_ms, since);
	line->json = json_pack("{so sI}", "since", show_time(facts->today_ms),
	    "requests", (json_int_t)sum);
	text_printf(text, "%llu requests since %.16s", sum, since);
	for (int i = 0; i < DECIDED_VERDICTS; i++) {
		json_object_set_new(line->json,
		    counters_info(decisions_counter(i))->name,
		    json_integer((json_int_t)today[i]));
		if (today[i] > 0)
			text_printf(text, ", %llu %s",
			    (unsigned long long)today[i], words[i]);
	}
}

/* Hosts that went away without a word; one that was taken out of use is
 * forgotten after a day. */
static void
tell_hosts(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	if (facts->host_count < 2)
		return;
	line->json = json_array();
	text_printf(text, "%zu use this store", facts->host_count);
	for (size_t i = 0; i < facts->host_count; i++) {
		const struct host *host = &facts->hosts[i];
		int64_t age_ms = facts->store_now_ms - host->seen_ms;
		bool is_silent = age_ms > OVERDUE_HOST_S * 1000;
		char ago[WHEN_SIZE];

		json_array_append_new(line->json, json_pack("{ss ss so}",
		    "host", host->name, "version", host->version, "seen",
		    show_time(host->seen_ms)));
		line->is_wrong |= is_silent &&
		    age_ms < OVERDUE_NO_MORE_S * INT64_C(1000);
		if (is_silent)
			text_printf(text, "; %s was last seen %s", host->name,
			    when_ago(host->seen_ms, facts->store_now_ms, ago));
		else if (strcmp(host->version, POLICYD_VERSION) != 0)
			text_printf(text, "; %s has version %s", host->name,
			    host->version);
	}
}

static void
tell_blocked(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	unsigned long long blocked = facts->totals.blocked;

	if (!facts->has_totals)
		return;
	line->json = json_pack("{sI sI}", "accounts", (json_int_t)blocked,
	    "would", (json_int_t)facts->would);
	text_printf(text, "%llu %s", blocked,
	    blocked == 1 ? "account" : "accounts");
	if (facts->config->mode == MODE_OBSERVE)
		text_printf(text, "; enforce would block %llu now",
		    (unsigned long long)facts->would);
}

static void
tell_outbox(const struct status_facts *facts, struct status_line *line,
    struct text *text)
{
	const struct totals *totals = &facts->totals;
	char ago[WHEN_SIZE];

	if (!facts->has_totals)
		return;
	line->json = json_pack("{sI so}", "waiting",
	    (json_int_t)totals->outbox, "since",
	    show_time(totals->outbox_since_ms));
	if (totals->outbox == 0) {
		text_add(text, "empty");
		return;
	}
	line->is_wrong =
	    facts->now_ms - totals->outbox_since_ms > OVERDUE_OUTBOX_S * 1000;
	text_printf(text, "%llu not delivered yet, the oldest of %s",
	    (unsigned long long)totals->outbox,
	    when_ago(totals->outbox_since_ms, facts->now_ms, ago));
}

void
status_lines(const struct status_facts *facts,
    struct status_line lines[STATUS_LINES])
{
	static const struct {
		const char *name, *key;
		void (*tell)(const struct status_facts *,
		    struct status_line *, struct text *);
	} rows[STATUS_LINES] = {
		{ "Server", "server", tell_server },
		{ "Mode", "mode", tell_mode },
		{ "Store", "store", tell_store },
		{ "GeoIP", "geoip", tell_geoip },
		{ "Directory", "directory", tell_directory },
		{ "Hosts", "hosts", tell_hosts },
		{ "Today", "today", tell_today },
		{ "Blocked", "blocked", tell_blocked },
		{ "Outbox", "outbox", tell_outbox },
	};

	for (size_t i = 0; i < STATUS_LINES; i++) {
		struct text text;

		lines[i].name = rows[i].name;
		lines[i].key = rows[i].key;
		text_init(&text, lines[i].text, sizeof(lines[i].text));
		rows[i].tell(facts, &lines[i], &text);
	}
}
