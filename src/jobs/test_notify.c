/*
 * test_notify.c -- a test notification, by every way that is configured.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/test_notify.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "notify/hook_call.h"
#include "notify/letter.h"
#include "policy/time_json.h"
#include "store/side.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* Say how one way went; returns whether it went well. */
static bool
tell(const struct job *job, const char *way, struct errand *errand)
{
	const struct delivery_report *report = &errand->report;
	bool is_done;

	errand_wait(errand);
	is_done = report->result == DELIVERY_DONE;
	if (!job->is_json)
		fprintf(job->out, "%s: %s%s%s\n", way, is_done ? "sent" :
		    "NOT sent", report->text[0] != '\0' ? ": " : "",
		    report->text);
	errand_end(errand);
	return is_done;
}

/* The event that programs and webhooks get. */
static char *
test_event(const char *id)
{
	json_t *event = json_pack("{ss ss ss so ss}", "id", id, "event", "test",
	    "server", store_server_name(),
	    "time", show_time(clock_wall_ms()),
	    "reason", "policyd --test-notify");
	char *text = json_dumps(event, JSON_COMPACT);

	json_decref(event);
	return text;
}

int
test_notify_run(const struct job *job)
{
	const struct config *config = job->config;
	const struct post_office office = { &config->notify, &config->smtp,
		&config->texts };
	struct call call = { .options = &config->notify };
	struct errand errand;
	bool is_good = true;
	char id[48];
	char *event;

	if (!config->notify.enabled) {
		log_error("notify.enabled is false: nothing would be sent");
		return EX_CONFIG;
	}
	signal(SIGPIPE, SIG_IGN);
	snprintf(id, sizeof(id), "evt_test_%lld_%d",
	    (long long)clock_wall_ms(), (int)getpid());
	event = test_event(id);
	call.id = id;
	call.json = event;
	if (config->notify.to.count > 0) {
		letter_start_test(&errand, &office);
		is_good = tell(job, "mail", &errand);
	}
	if (config->notify.exec.count > 0) {
		call_program(&errand, &call);
		is_good = tell(job, "exec", &errand) && is_good;
	}
	if (config->notify.webhook[0] != '\0') {
		call_webhook(&errand, &call);
		is_good = tell(job, "webhook", &errand) && is_good;
	}
	if (job->is_json)
		fprintf(job->out, "{\"result\": \"%s\"}\n",
		    is_good ? "sent" : "not sent");
	free(event);
	return is_good ? EX_OK : EX_UNAVAILABLE;
}
