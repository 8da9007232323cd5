/*
 * status_problems.c -- what is wrong now, in words. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/status_problems.h"

#include "base/overdue_thresholds.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	DAY_S = 86400,
	TEXT_SIZE = 300,
};

static void __attribute__((format(printf, 4, 5)))
add(json_t *array, const char *subject, const char *host, const char *format,
    ...)
{
	char text[TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	json_array_append_new(array, json_pack("{ss ss? ss}", "subject",
	    subject, "host", host, "text", text));
}

static void
look_at_geoip(const struct condition *host, json_t *array)
{
	if (host->wants_geoip && host->geoip_age_s < 0)
		add(array, "geoip", host->host, "There is no GeoIP file that "
		    "can be used: countries are not counted.");
	else if (host->wants_geoip && host->geoip_age_s > OVERDUE_GEOIP_S)
		add(array, "geoip", host->host, "The GeoIP file is %lld days "
		    "old.", (long long)(host->geoip_age_s / DAY_S));
}

static void
look_at(const struct condition *host, json_t *array)
{
	if (host->quiet_s > OVERDUE_NO_MORE_S)
		return;
	if (host->quiet_s > OVERDUE_HOST_S) {
		add(array, "hosts", host->host, "It was last heard of %lld "
		    "minutes ago.", (long long)(host->quiet_s / 60));
		return;
	}
	if (host->workers < host->workers_configured)
		add(array, "workers", host->host, "%lld of %lld workers are "
		    "up.", (long long)host->workers,
		    (long long)host->workers_configured);
	if (host->store_away > 0)
		add(array, "store", host->host, "%lld processes do not reach "
		    "the store.", (long long)host->store_away);
	if (host->ldap_away > 0)
		add(array, "ldap", host->host, "%lld processes do not reach "
		    "the directory.", (long long)host->ldap_away);
	look_at_geoip(host, array);
}

/* Hosts that are there are to be alike. */
static void
compare(const struct conditions *now, json_t *array)
{
	const struct condition *first = NULL;

	for (size_t i = 0; i < now->count; i++) {
		const struct condition *host = &now->hosts[i];

		if (host->quiet_s > OVERDUE_HOST_S)
			continue;
		if (first == NULL)
			first = host;
		if (strcmp(host->version, first->version) != 0)
			add(array, "hosts", host->host, "It runs policyd %s; "
			    "%s runs %s.", host->version, first->host,
			    first->version);
		if (host->is_observing != first->is_observing)
			add(array, "hosts", host->host, "It is in mode %s; %s "
			    "is not.", host->is_observing ? "observe" :
			    "enforce", first->host);
	}
}

json_t *
problems_find(const struct conditions *now)
{
	json_t *array = json_array();

	if (!now->has_store)
		add(array, "store", NULL, "The store does not answer.");
	for (size_t i = 0; i < now->count; i++)
		look_at(&now->hosts[i], array);
	compare(now, array);
	if (now->outbox > 0 && now->outbox_age_s > OVERDUE_OUTBOX_S)
		add(array, "outbox", NULL, "%llu notifications wait, the "
		    "oldest for %lld hours.",
		    (unsigned long long)now->outbox,
		    (long long)(now->outbox_age_s / 3600));
	return array;
}
