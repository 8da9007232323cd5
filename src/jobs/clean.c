/*
 * clean.c -- the cron job.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/clean.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/print.h"
#include "jobs/report.h"
#include "policy/store_of.h"
#include "store/store.h"

#include <signal.h>
#include <sysexits.h>

enum {
	/* Rows looked at in one transaction at most. */
	BATCH = 1000,
	/* A table of many millions of rows takes its time. */
	PATIENCE_MS = 6 * 3600 * 1000,
};

/* What became of the report. */
static const char *const report_names[] = {
	[REPORT_SENT] = "sent",
	[REPORT_EMPTY] = "nothing to tell",
	[REPORT_BUSY] = "being sent by another",
	[REPORT_FAILED] = "not sent",
};

static void
print_json_counts(const struct job *job, uint64_t ended,
    const struct cleaned *cleaned, const char *report)
{
	json_t *document = json_pack("{sI sI sI sI sI sI ss?}",
	    "ended_blocks", (json_int_t)ended,
	    "logins", (json_int_t)cleaned->logins,
	    "blocks", (json_int_t)cleaned->blocks,
	    "accounts", (json_int_t)cleaned->accounts,
	    "notifications", (json_int_t)cleaned->notifications,
	    "hits", (json_int_t)cleaned->hits, "report", report);

	print_json(job->out, document);
	json_decref(document);
}

static void
print_counts(const struct job *job, uint64_t ended,
    const struct cleaned *cleaned, const char *report)
{
	fprintf(job->out, "ended %llu blocks; deleted %llu logins, "
	    "%llu old blocks, %llu idle accounts, %llu old notifications, "
	    "%llu old hits\n",
	    (unsigned long long)ended, (unsigned long long)cleaned->logins,
	    (unsigned long long)cleaned->blocks,
	    (unsigned long long)cleaned->accounts,
	    (unsigned long long)cleaned->notifications,
	    (unsigned long long)cleaned->hits);
	if (report != NULL)
		fprintf(job->out, "report: %s\n", report);
}

int
clean_run(const struct job *job)
{
	struct store *store = store_of(job->config);
	int64_t deadline_ms = clock_mono_ms() + PATIENCE_MS;
	struct cleaned cleaned;
	uint64_t ended = 0;
	enum report_result report = REPORT_EMPTY;
	const char *told = NULL;
	enum store_result result;

	signal(SIGPIPE, SIG_IGN);
	result = store_expire(store, &ended, deadline_ms);
	if (result == STORE_DONE)
		result = store_clean(store, job->config->store.retention_s,
		    BATCH, &cleaned, deadline_ms);
	if (result == STORE_DONE && job->config->report.enabled) {
		report = report_send(job->config, store);
		told = report_names[report];
	}
	store_close(store);
	if (result == STORE_FAILED)
		return EX_UNAVAILABLE;
	if (result == STORE_NONE) {
		log_warning("another --clean is at work on this store");
		return EX_TEMPFAIL;
	}
	if (job->is_json)
		print_json_counts(job, ended, &cleaned, told);
	else
		print_counts(job, ended, &cleaned, told);
	return report == REPORT_FAILED ? EX_TEMPFAIL : EX_OK;
}
