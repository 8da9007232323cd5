/*
 * metrics.c -- /metrics, in Prometheus' text format.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
 */
#include "admin/metrics.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/mem.h"
#include "geo/geo.h"
#include "store/finding.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

/* Counters that are told as one, each with a label of its own. */
struct labelled {
	const char *label;
	enum counter stat;
};

/* Answers by what was decided: the outcomes of policy/decide. */
static const struct labelled verdicts[] = {
	{ "pass", STAT_PASSED },
	{ "exempt", STAT_EXEMPT },
	{ "blocked", STAT_BLOCKED },
	{ "over_limit", STAT_OVER_LIMIT },
	{ "over_rate", STAT_OVER_RATE },
	{ "deferred", STAT_DEFERRED },
	{ "error", STAT_ERRORS },
	{ NULL, STAT_COUNT },
};

/* The ways of telling of something, as in outbox_channels. */
static const struct labelled channels[] = {
	{ "mail", STAT_NOTIFY_FAILURES_MAIL },
	{ "account", STAT_NOTIFY_FAILURES_ACCOUNT },
	{ "exec", STAT_NOTIFY_FAILURES_EXEC },
	{ "webhook", STAT_NOTIFY_FAILURES_WEBHOOK },
	{ "report", STAT_NOTIFY_FAILURES_REPORT },
	{ NULL, STAT_COUNT },
};

static const struct family {
	const char *name, *help, *label;
	const struct labelled *rows;
} families[] = {
	{ "policyd_decisions_total", "Policy requests answered, by verdict",
	    "verdict", verdicts },
	{ "policyd_notify_failures_total", "Deliveries of notifications that "
	    "failed, by channel", "channel", channels },
};

/* Times: how often and how long in all. */
static const struct histogram_row {
	const char *name, *help;
	enum counter first, sum_us;
} histograms[] = {
	{ "policyd_request_seconds", "Time from a policy request to its "
	    "answer", STAT_REQUEST_TIME_0, STAT_REQUEST_US },
	{ "policyd_store_seconds", "Time of a round trip to the store",
	    STAT_STORE_TIME_0, STAT_STORE_US },
	{ "policyd_ldap_seconds", "Time of a question to the directory",
	    STAT_LDAP_TIME_0, STAT_LDAP_US },
};

enum {
	FAMILIES = sizeof(families) / sizeof(families[0]),
	HISTOGRAMS = sizeof(histograms) / sizeof(histograms[0]),
};

static void
write_head(FILE *out, const char *name, const char *help, const char *type)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
write_family(FILE *out, const struct family *family)
{
	write_head(out, family->name, family->help, "counter");
	for (const struct labelled *row = family->rows; row->label != NULL;
	     row++)
		fprintf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", family->name,
		    family->label, row->label, counters_sum(row->stat));
}

static void
write_histogram(FILE *out, const struct histogram_row *row)
{
	uint64_t count = 0;

	write_head(out, row->name, row->help, "histogram");
	for (int i = 0; i < STATS_BUCKETS; i++) {
		uint64_t bound_us = counters_bucket_us(i);

		count += counters_sum((enum counter)((int)row->first + i));
		if (bound_us == UINT64_MAX)
			fprintf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n",
			    row->name, count);
		else
			fprintf(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n",
			    row->name, (double)bound_us / 1e6, count);
	}
	fprintf(out, "%s_sum %.6f\n%s_count %" PRIu64 "\n", row->name,
	    (double)counters_sum(row->sum_us) / 1e6, row->name, count);
}

/* The rows of CAUSES that begin with this one: a name, and a label each. */
static void
write_causes(FILE *out, enum counter first)
{
	const struct counter_info *info = counters_info(first);
	char name[80];

	snprintf(name, sizeof(name), "policyd_%.*s_total",
	    (int)strcspn(info->name, "."), info->name);
	write_head(out, name, info->help, "counter");
	for (int i = 0; *cause_name((enum cause)(i + 1)) != '\0'; i++)
		fprintf(out, "%s{cause=\"%s\"} %" PRIu64 "\n", name,
		    cause_name((enum cause)(i + 1)),
		    counters_sum((enum counter)((int)first + i)));
}

/* Is it in one of the tables above? */
static bool
is_told(enum counter stat)
{
	if (counters_info(stat)->is_bucket || counters_info(stat)->is_cause)
		return true;
	for (int i = 0; i < FAMILIES; i++)
		for (const struct labelled *row = families[i].rows;
		     row->label != NULL; row++)
			if (row->stat == stat)
				return true;
	for (int i = 0; i < HISTOGRAMS; i++)
		if (histograms[i].sum_us == stat)
			return true;
	return false;
}

/* All other counters, by their own names. */
static void
write_counters(FILE *out)
{
	for (int i = 0; i < STAT_COUNT; i++) {
		enum counter stat = (enum counter)i;
		const struct counter_info *info = counters_info(stat);
		char name[80];

		if (is_told(stat))
			continue;
		snprintf(name, sizeof(name), "policyd_%s%s", info->name,
		    info->is_gauge ? "" : "_total");
		write_head(out, name, info->help,
		    info->is_gauge ? "gauge" : "counter");
		fprintf(out, "%s %" PRIu64 "\n", name, counters_sum(stat));
	}
}

static void
write_gauge(FILE *out, const char *name, const char *help, double value)
{
	write_head(out, name, help, "gauge");
	fprintf(out, "%s %.15g\n", name, value);
}

static double
age_s(int64_t since_ms)
{
	int64_t age_ms = since_ms != 0 ? clock_wall_ms() - since_ms : 0;

	return age_ms > 0 ? (double)age_ms / 1000 : 0;
}

static void
write_channels(FILE *out, const struct totals *totals)
{
	static const char depth[] = "policyd_outbox_channel_depth";
	static const char age[] = "policyd_outbox_channel_age_seconds";

	write_head(out, depth, "Notifications not delivered yet, by their way",
	    "gauge");
	for (int i = 0; i < OUTBOX_CHANNELS; i++)
		fprintf(out, "%s{channel=\"%s\"} %" PRIu64 "\n", depth,
		    outbox_channels[i], totals->channels[i].count);
	write_head(out, age, "Age of the oldest of them, by their way",
	    "gauge");
	for (int i = 0; i < OUTBOX_CHANNELS; i++)
		fprintf(out, "%s{channel=\"%s\"} %.15g\n", age,
		    outbox_channels[i], age_s(totals->channels[i].since_ms));
}

static void
write_store(FILE *out, struct admin *admin)
{
	const struct totals *totals = &admin->totals;
	bool is_there = admin_totals(admin);

	write_gauge(out, "policyd_store_up",
	    "Does the store answer the console?", is_there);
	if (!is_there)
		return;
	write_gauge(out, "policyd_blocked_accounts",
	    "Accounts that are blocked now", (double)totals->blocked);
	write_gauge(out, "policyd_overrides", "Overrides in the store",
	    (double)totals->overrides);
	write_gauge(out, "policyd_outbox_depth",
	    "Notifications not delivered yet", (double)totals->outbox);
	write_gauge(out, "policyd_outbox_age_seconds",
	    "Age of the oldest of them", age_s(totals->outbox_since_ms));
	write_channels(out, totals);
}

void
metrics_show(struct admin *admin, struct exchange *exchange)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = mem_stream(&text, &length);

	write_head(out, "policyd_build_info", "The version that runs",
	    "gauge");
	fprintf(out, "policyd_build_info{version=\"%s\"} 1\n",
	    POLICYD_VERSION);
	for (int i = 0; i < FAMILIES; i++)
		write_family(out, &families[i]);
	for (int i = 0; i < HISTOGRAMS; i++)
		write_histogram(out, &histograms[i]);
	write_causes(out, STAT_BLOCKS_1);
	write_causes(out, STAT_REFUSED_1);
	write_counters(out);
	write_gauge(out, "policyd_workers_configured", "server.workers",
	    admin->config->server.workers);
	write_store(out, admin);
	if (geo_built_s(admin->desk.geo) != 0)
		write_gauge(out, "policyd_geoip_build_timestamp_seconds",
		    "When the oldest GeoIP file was made",
		    (double)geo_built_s(admin->desk.geo));
	fclose(out);
	exchange_text(exchange, MHD_HTTP_OK,
	    "text/plain; version=0.0.4; charset=utf-8", text, length);
}
