/*
 * counters_chronicle.c -- what this host counted, told to the store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/counters_chronicle.h"

#include "base/clock.h"
#include "config/config.h"
#include "geo/geo.h"
#include "roles/geoip_files.h"
#include "store/hosts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_MS = 5000,
	MINUTE_MS = 60000,
};

void
chronicle_start(struct chronicle *chronicle, const struct load *load)
{
	const struct config *config = load->config;
	const struct geo_paths paths = geoip_files_paths(load);
	const struct geo_paths names = geo_paths_of(&config->geoip);
	struct geo *geo = geo_open(&paths, &names);

	memset(chronicle, 0, sizeof(*chronicle));
	chronicle->load = load;
	chronicle->geoip_built_s = geo != NULL ? geo_built_s(geo) : 0;
	geo_close(geo);
}

void
chronicle_keep(struct chronicle *chronicle,
    const uint64_t counts[DECIDED_COUNTS], int64_t now_ms)
{
	size_t count = chronicle->count;
	struct decision_bucket *last = count > 0 ? &chronicle->kept[count - 1] :
	    NULL;

	if (last == NULL || (count < CHRONICLE_MINUTES &&
	    last->at_ms / MINUTE_MS != now_ms / MINUTE_MS)) {
		last = &chronicle->kept[chronicle->count++];
		memset(last, 0, sizeof(*last));
		last->at_ms = now_ms;
	}
	for (int i = 0; i < DECIDED_COUNTS; i++)
		last->counts[i] += counts[i];
}

/* Take what the processes counted since; false: nothing. */
static bool
take(uint64_t counts[DECIDED_COUNTS])
{
	bool is_any = false;

	for (int i = 0; i < DECIDED_COUNTS; i++) {
		counts[i] = counters_take(decisions_counter(i));
		is_any = is_any || counts[i] > 0;
	}
	return is_any;
}

static void
tell_decisions(struct chronicle *chronicle, struct store *store,
    int64_t deadline_ms)
{
	int64_t now_ms = clock_mono_ms();

	for (size_t i = 0; i < chronicle->count; i++)
		chronicle->kept[i].ago_s =
		    (now_ms - chronicle->kept[i].at_ms) / 1000;
	if (store_add_decisions(store, chronicle->kept, chronicle->count,
		deadline_ms) == STORE_DONE)
		chronicle->count = 0;
}

static void
tell_host(const struct chronicle *chronicle, struct store *store,
    int64_t deadline_ms)
{
	const struct config *config = chronicle->load->config;
	json_t *state = json_pack("{ss sI sI sI sI sb sI}", "mode",
	    config->mode == MODE_OBSERVE ? "observe" : "enforce",
	    "workers", (json_int_t)counters_sum(STAT_WORKERS),
	    "workers_configured", (json_int_t)config->server.workers,
	    "store_away", (json_int_t)counters_sum(STAT_STORE_AWAY),
	    "ldap_away", (json_int_t)counters_sum(STAT_LDAP_AWAY),
	    "geoip", config->geoip.files[GEOIP_COUNTRY][0] != '\0' ||
		config->geoip.files[GEOIP_CITY][0] != '\0',
	    "geoip_built", (json_int_t)chronicle->geoip_built_s);
	char *text = json_dumps(state, JSON_COMPACT);

	store_tell_host(store, text, deadline_ms);
	free(text);
	json_decref(state);
}

void
chronicle_look(struct chronicle *chronicle, struct store *store, bool is_last,
    int64_t deadline_ms)
{
	uint64_t counts[DECIDED_COUNTS];
	int64_t now_ms = clock_mono_ms();

	if (now_ms < chronicle->look_ms && !is_last)
		return;
	chronicle->look_ms = now_ms + LOOK_MS;
	if (take(counts))
		chronicle_keep(chronicle, counts, now_ms);
	if (chronicle->count > 0)
		tell_decisions(chronicle, store, deadline_ms);
	/* The end of a generation is no news of the host. */
	if (now_ms >= chronicle->tell_ms && !is_last) {
		chronicle->tell_ms = now_ms + MINUTE_MS;
		tell_host(chronicle, store, deadline_ms);
	}
}
