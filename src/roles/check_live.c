/*
 * check_live.c -- do the servers answer that a configuration names?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/check_live.h"

#include "base/clock.h"
#include "base/log.h"
#include "config/config.h"
#include "directory/ldap_link.h"
#include "directory/ldap_tls.h"
#include "notify/mail_server_check.h"
#include "policy/store_of.h"
#include "server/listen_sockets.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { LOG_MAX = 4096 };

/* What is logged goes here for a while, to be told in the answer. */
struct capture {
	int saved, reader;
};

static void
capture_begin(struct capture *capture)
{
	int ends[2];

	capture->saved = capture->reader = -1;
	if (pipe(ends) != 0)
		return;
	capture->reader = ends[0];
	capture->saved = dup(STDERR_FILENO);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	log_setup(&(struct log_options){ .level = LOG_LEVEL_INFO });
}

/* The text of the last error or warning; "" if there was none. */
static void
capture_end(struct capture *capture, char text[LOG_MAX])
{
	static const char *const levels[] = { " error: ", " warning: ",
		"<3>", "<4>" };
	const char *last = "";
	ssize_t length = 0;

	if (capture->reader >= 0) {
		length = read(capture->reader, text, LOG_MAX - 1);
		dup2(capture->saved, STDERR_FILENO);
		close(capture->saved);
		close(capture->reader);
		log_setup(&(struct log_options){ .level = LOG_LEVEL_INFO });
	}
	text[length > 0 ? length : 0] = '\0';
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		for (char *at = strstr(text, levels[i]); at != NULL;
		     at = strstr(at + 1, levels[i]))
			if (*last == '\0' || at > last)
				last = at + strlen(levels[i]);
	memmove(text, last, strlen(last) + 1);
	text[strcspn(text, "\n")] = '\0';
}

/* Tell of one thing that was tried; EX_OK if it went well. */
static int
tell(const struct job *job, const char *what, bool is_good, const char *text)
{
	json_t *line;

	if (job->is_json) {
		line = json_pack("{ss sb ss}", "tried", what, "ok", is_good,
		    "text", text);
		json_dumpf(line, job->out, JSON_COMPACT);
		fputc('\n', job->out);
		json_decref(line);
	} else {
		fprintf(job->out, "%s: %s%s%s\n", what,
		    is_good ? "ok" : "FAILED", *text != '\0' ? ": " : "",
		    text);
	}
	return is_good ? EX_OK : EX_UNAVAILABLE;
}

static int
try_store(const struct job *job)
{
	struct store *store = store_of(job->config);
	struct capture capture;
	enum store_result result;
	char text[LOG_MAX];

	capture_begin(&capture);
	result = store_init(store, false, clock_mono_ms() + JOB_PATIENCE_MS);
	store_close(store);
	capture_end(&capture, text);
	if (result == STORE_NONE && job->config->store.create)
		return tell(job, "store", true,
		    "its schema is made or upgraded at start");
	return tell(job, "store", result == STORE_DONE,
	    result == STORE_DONE ? "" : text);
}

static int
try_directory(const struct job *job)
{
	const struct ldap_options *options = &job->config->ldap;
	char error[LINK_ERROR_SIZE] = "";
	struct tls tls = { 0 };
	int status = EX_OK;

	if (!options->enabled)
		return EX_OK;
	if (tls_load(&tls, options, error, sizeof(error)) != 0)
		return tell(job, "ldap.tls", false, error);
	for (size_t i = 0; i < options->uris.count; i++) {
		const char *uri = options->uris.list[i];
		struct link *link = link_open(options, uri,
		    clock_mono_ms() + options->timeout_ms, -1, error,
		    sizeof(error));

		if (tell(job, uri, link != NULL,
			link != NULL ? "" : error) != EX_OK)
			status = EX_UNAVAILABLE;
		link_close(link);
	}
	return status;
}

static int
try_mail(const struct job *job)
{
	const struct config *config = job->config;
	char text[DELIVERY_TEXT] = "";
	bool sends = config->report.enabled ||
	    (config->notify.enabled &&
		(config->notify.to.count > 0 || config->notify.account));

	if (!sends)
		return EX_OK;
	return tell(job, "smtp",
	    mail_server_check(&config->smtp, text) == 0, text);
}

int
check_live_servers(const struct job *job)
{
	int status = try_store(job);

	if (try_directory(job) != EX_OK)
		status = EX_UNAVAILABLE;
	if (try_mail(job) != EX_OK)
		status = EX_UNAVAILABLE;
	return status;
}

int
check_live_addresses(const struct job *job, const struct serving *serving)
{
	struct listeners listeners;
	struct capture capture;
	char text[LOG_MAX];
	bool is_good;

	capture_begin(&capture);
	is_good = listen_open(&listeners, serving, NULL) == 0;
	if (is_good)
		listen_close(&listeners, NULL);
	capture_end(&capture, text);
	return tell(job, "addresses", is_good, is_good ? "" : text);
}
