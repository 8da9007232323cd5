/*
 * reload.c -- from one generation to the next.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/reload.h"

#include "base/clock.h"
#include "base/log.h"

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

void
reload_begin(struct reload *reload, enum load_reason reason)
{
	struct generation *serving =
	    fleet_find(reload->fleet, ROSTER_SERVING);
	struct listeners listeners;
	struct generation *trial;
	struct load *load;

	if (reason == LOAD_RELOAD) {
		systemd_reloading(reload->notify);
		reload->is_told = true;
	}
	load = reload->service->load(reason, serving->load);
	if (load != NULL &&
	    listen_open(&listeners, &load->serving, &serving->listeners) != 0) {
		reload->service->unload(load);
		load = NULL;
	}
	if (load == NULL) {
		end_reload(reload, &serving->load->serving);
		log_error("not reloaded: generation %u goes on as it was",
		    serving->number);
		return;
	}
	trial = fleet_add(reload->fleet, load, &listeners, clock_mono_ms());
	log_info("generation %u starts, %zu processes", trial->number,
	    trial->roster.count);
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
