/*
 * notify_trial.c -- a test notification, by every way that is configured.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/notify_trial.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "notify/hook.h"
#include "notify/letter.h"
#include "notify/webhook.h"
#include "policy/show.h"
#include "store/side.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

enum { CALL_MS = 30000 };

/* Say how one way went; returns whether it went well. */
static bool
tell(const struct job *job, const char *way, enum delivery delivery,
    const char *text)
{
	bool is_done = delivery == DELIVERY_DONE;

	if (!job->is_json)
		fprintf(job->out, "%s: %s%s%s\n", way, is_done ? "sent" :
		    "NOT sent", text[0] != '\0' ? ": " : "", text);
	return is_done;
}

/* The event that programs and webhooks get. */
static char *
test_event(void)
{
	json_t *event = json_pack("{ss ss so ss}", "event", "test",
	    "server", store_server_name(),
	    "time", show_time(clock_wall_ms()),
	    "reason", "policyd --test-notify");
	char *text = json_dumps(event, JSON_COMPACT);

	json_decref(event);
	return text;
}

int
notify_trial(const struct job *job)
{
	const struct config *config = job->config;
	const struct post_office office = { &config->notify, &config->smtp };
	char text[DELIVERY_TEXT] = "";
	bool is_good = true;
	char *event;

	if (!config->notify.enabled) {
		log_error("notify.enabled is false: nothing would be sent");
		return EX_CONFIG;
	}
	signal(SIGPIPE, SIG_IGN);
	if (config->notify.to.count > 0)
		is_good =
		    tell(job, "mail", letter_send_test(&office, text), text);
	event = test_event();
	if (config->notify.exec.count > 0)
		is_good = tell(job, "exec", hook_run(&config->notify.exec,
		    event, CALL_MS, text), text) && is_good;
	if (config->notify.webhook[0] != '\0')
		is_good =
		    tell(job, "webhook",
			webhook_post(&config->notify, event, CALL_MS, text),
			text) &&
		    is_good;
	if (job->is_json)
		fprintf(job->out, "{\"result\": \"%s\"}\n",
		    is_good ? "sent" : "not sent");
	free(event);
	return is_good ? EX_OK : EX_UNAVAILABLE;
}
