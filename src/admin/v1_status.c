/*
 * v1_status.c -- /v1/status: how the servers are, and what is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * This host tells of itself from its own memory; of others the store knows
 * what they said within the last minute.
 */
#include "admin/v1_status.h"

#include "admin/admin.h"
#include "admin/exchange.h"
#include "admin/status_problems.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/mem.h"
#include "policy/time_json.h"
#include "store/hosts.h"
#include "store/side.h"
#include "store/would_block.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

static int64_t
age_of(int64_t built_s)
{
	int64_t age_s = clock_wall_ms() / 1000 - built_s;

	return built_s == 0 ? -1 : age_s > 0 ? age_s : 0;
}

static struct condition
here(const struct admin *admin, const char *name)
{
	const struct config *config = admin->config;
	char *const *files = config->geoip.files;

	return (struct condition){ .host = name, .version = POLICYD_VERSION,
		.is_observing = config->mode == MODE_OBSERVE,
		.workers = (int64_t)counters_sum(STAT_WORKERS),
		.workers_configured = config->server.workers,
		.store_away = (int64_t)counters_sum(STAT_STORE_AWAY),
		.ldap_away = (int64_t)counters_sum(STAT_LDAP_AWAY),
		.wants_geoip = files[GEOIP_COUNTRY][0] != '\0' ||
		    files[GEOIP_CITY][0] != '\0',
		.geoip_age_s = age_of(geo_built_s(admin->desk.geo)) };
}

static int64_t
number(const json_t *state, const char *key)
{
	return json_integer_value(json_object_get(state, key));
}

static struct condition
elsewhere(const struct host *host, int64_t now_ms)
{
	json_t *state = json_loads(host->state, 0, NULL);
	const char *mode = json_string_value(json_object_get(state, "mode"));
	struct condition found = { .host = host->name,
		.version = host->version,
		.quiet_s = (now_ms - host->seen_ms) / 1000,
		.is_observing = mode != NULL && strcmp(mode, "observe") == 0,
		.workers = number(state, "workers"),
		.workers_configured = number(state, "workers_configured"),
		.store_away = number(state, "store_away"),
		.ldap_away = number(state, "ldap_away"),
		.wants_geoip = json_is_true(json_object_get(state, "geoip")),
		.geoip_age_s = age_of(number(state, "geoip_built")) };

	json_decref(state);
	return found;
}

static json_t *
host_json(const struct condition *host)
{
	return json_pack("{ss ss sI ss sI sI so}", "host", host->host,
	    "version", host->version, "quiet", (json_int_t)host->quiet_s,
	    "mode", host->is_observing ? "observe" : "enforce", "workers",
	    (json_int_t)host->workers, "workers_configured",
	    (json_int_t)host->workers_configured, "geoip_age",
	    host->geoip_age_s < 0 ? json_null() :
	    json_integer((json_int_t)host->geoip_age_s));
}

static json_t *
store_json(const struct admin *admin, bool is_there)
{
	const struct totals *totals = &admin->totals;

	if (!is_there)
		return json_null();
	return json_pack("{sI sI sI so}", "blocked",
	    (json_int_t)totals->blocked, "overrides",
	    (json_int_t)totals->overrides, "outbox",
	    (json_int_t)totals->outbox, "outbox_since",
	    show_time(totals->outbox_since_ms));
}

/* In observe: how many would be blocked now. */
static json_t *
would_json(struct admin *admin, const struct conditions *now)
{
	uint64_t count;

	if (!now->has_store || !now->hosts[0].is_observing ||
	    store_count_would(admin->desk.store, &count, admin_deadline()) !=
		STORE_DONE)
		return json_null();
	return json_integer((json_int_t)count);
}

static void
tell(struct admin *admin, struct exchange *exchange,
    const struct conditions *now)
{
	json_t *hosts = json_array();

	for (size_t i = 0; i < now->count; i++)
		json_array_append_new(hosts, host_json(&now->hosts[i]));
	exchange_json(exchange, MHD_HTTP_OK,
	    json_pack("{ss ss ss so so so so so}", "host", now->hosts[0].host,
		"version", POLICYD_VERSION, "mode",
		now->hosts[0].is_observing ? "observe" : "enforce", "now",
		show_time(clock_wall_ms()), "problems", problems_find(now),
		"hosts", hosts, "store", store_json(admin, now->has_store),
		"would_block", would_json(admin, now)));
}

void
v1_status_show(struct admin *admin, struct exchange *exchange)
{
	struct host *hosts = NULL;
	size_t count = 0;
	int64_t now_ms = 0;
	const char *name = store_server_name();
	struct conditions now = { .has_store = admin_totals(admin) };
	struct condition *list;

	if (now.has_store)
		now.has_store = store_hosts(admin->desk.store, &hosts, &count,
		    &now_ms, admin_deadline()) == STORE_DONE;
	list = mem_new(count + 1, sizeof(*list));
	list[now.count++] = here(admin, name);
	for (size_t i = 0; i < count; i++)
		if (strcmp(hosts[i].name, name) != 0)
			list[now.count++] = elsewhere(&hosts[i], now_ms);
	now.hosts = list;
	if (now.has_store) {
		now.outbox = admin->totals.outbox;
		now.outbox_age_s = admin->totals.outbox_since_ms == 0 ? 0 :
		    (clock_wall_ms() - admin->totals.outbox_since_ms) / 1000;
	}
	tell(admin, exchange, &now);
	for (size_t i = 0; i < count; i++)
		host_clear(&hosts[i]);
	free(hosts);
	free(list);
}
