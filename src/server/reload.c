/*
 * reload.c -- from one generation to the next.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/reload.h"

#include "base/clock.h"
#include "base/log.h"

#include <signal.h>
#include <string.h>

/* Each holds connections to the store: one more, because reloads come in
 * quick succession, stops the oldest. */
enum { RETIRED_MAX = 2 };

/* A reload is over, well or not: this is in force. */
static void
end_reload(struct reload *reload, const struct serving *serving)
{
	background_set_log(reload->background, serving->log);
	if (reload->is_told)
		systemd_send(reload->notify, "READY=1");
	reload->is_told = false;
}

static void
refuse(struct reload *reload, const struct generation *serving)
{
	end_reload(reload, &serving->load->serving);
	log_error("not reloaded: generation %u goes on as it was",
	    serving->number);
}

/* Its names are known, or there are none. */
static void
try(struct reload *reload, struct load *load)
{
	struct generation *serving =
	    fleet_find(reload->fleet, ROSTER_SERVING);
	struct listeners listeners;
	struct generation *trial;

	if (listen_open(&listeners, &load->serving, &serving->listeners) !=
	    0) {
		reload->service->unload(load);
		refuse(reload, serving);
		return;
	}
	load->serving.answers = NULL;
	trial = fleet_add(reload->fleet, load, &listeners, clock_mono_ms());
	log_info("generation %u starts, %zu processes", trial->number,
	    trial->roster.count);
}

void
reload_begin(struct reload *reload, enum load_reason reason)
{
	struct generation *serving =
	    fleet_find(reload->fleet, ROSTER_SERVING);
	const struct endpoints *endpoints;
	struct load *load;
	pid_t pid;

	if (reason == LOAD_RELOAD) {
		systemd_reloading(reload->notify);
		reload->is_told = true;
	}
	load = reload->service->load(reason, serving->load);
	if (load == NULL) {
		refuse(reload, serving);
		return;
	}
	endpoints = load->serving.endpoints;
	pid = resolver_is_needed(endpoints) ?
	    resolver_start(endpoints, &reload->answers) : -1;
	if (pid < 0) {
		try(reload, load);
		return;
	}
	reload->fleet->helper = pid;
	reload->waiting = load;
}

/* The load that waited; it waits no more. */
static struct load *
take_waiting(struct reload *reload)
{
	struct load *load = reload->waiting;

	reload->waiting = NULL;
	return load;
}

static void
forget_answers(struct reload *reload, size_t count)
{
	resolver_free(reload->answers, count);
	reload->answers = NULL;
}

bool
reload_is_waiting(struct reload *reload)
{
	struct load *load;
	size_t count;

	if (reload->waiting == NULL || reload->fleet->helper != 0)
		return reload->waiting != NULL;
	load = take_waiting(reload);
	count = load->serving.endpoints->count;
	load->serving.answers = reload->answers;
	try(reload, load);
	forget_answers(reload, count);
	return false;
}

void
reload_stop(struct reload *reload)
{
	struct load *load = take_waiting(reload);

	if (load == NULL)
		return;
	if (reload->fleet->helper != 0)
		kill(reload->fleet->helper, SIGKILL);
	forget_answers(reload, load->serving.endpoints->count);
	reload->service->unload(load);
}

static void
warn_if_changed(const char *key, const char *old, const char *new)
{
	if (strcmp(old, new) != 0)
		log_warning("%s changed: that takes a restart", key);
}

/* Let older generations go when reloads come faster than they finish. */
static void
limit_retired(const struct reload *reload, int64_t now)
{
	size_t count = 0;

	for (struct generation *one = reload->fleet->newest; one != NULL;
	    one = one->older) {
		if (one->roster.phase != ROSTER_RETIRED ||
		    ++count <= RETIRED_MAX)
			continue;
		log_info("generation %u is stopped: %d newer ones are "
			 "finishing", one->number, RETIRED_MAX);
		generation_stop(one, now);
	}
}

void
reload_accept(struct reload *reload, struct generation *trial,
    struct generation *old, int64_t now)
{
	const struct serving *before = &old->load->serving;
	const struct serving *after = &trial->load->serving;

	listen_close(&old->listeners, &trial->listeners);
	listen_restrict(&trial->listeners, after);
	generation_retire(old, now);
	end_reload(reload, after);
	warn_if_changed(
	    "server.user", before->server->user, after->server->user);
	warn_if_changed(
	    "server.group", before->server->group, after->server->group);
	warn_if_changed(
	    "server.pidfile", before->server->pidfile, after->server->pidfile);
	log_info("generation %u serves, generation %u finishes",
	    trial->number, old->number);
	limit_retired(reload, now);
}

void
reload_reject(struct reload *reload, struct generation *trial,
    struct generation *old, int64_t now)
{
	listen_close(&trial->listeners, &old->listeners);
	generation_stop(trial, now);
	end_reload(reload, &old->load->serving);
	log_error("not reloaded: generation %u is given up, generation %u "
		  "goes on", trial->number, old->number);
}
