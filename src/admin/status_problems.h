/*
 * status_problems.h -- what is wrong now, in words. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_STATUS_PROBLEMS_H
#define ADMIN_STATUS_PROBLEMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A host as it last told of itself. */
struct condition {
	const char *host, *version;
	int64_t quiet_s;	/* so long ago */
	bool is_observing;
	int64_t workers, workers_configured;
	int64_t store_away, ldap_away;	/* processes */
	bool wants_geoip;
	int64_t geoip_age_s;	/* -1: there is no file */
};

/* What they have in common. */
struct conditions {
	const struct condition *hosts;
	size_t count;
	bool has_store;		/* it answers */
	uint64_t outbox;
	int64_t outbox_age_s;	/* of the oldest in it */
};

/*
 * An array of {"subject", "host" or null, "text"}; subject is "store",
 * "geoip", "ldap", "outbox", "hosts" or "workers". The thresholds are those of
 * etc/prometheus-rules.yaml. Empty: nothing is wrong.
 */
json_t *problems_find(const struct conditions *);

#endif
