/*
 * compat_client_json.h -- what geoip-policyd tells of a client. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_COMPAT_CLIENT_JSON_H
#define ADMIN_COMPAT_CLIENT_JSON_H

#include "store/store.h"

#include <jansson.h>

struct compat_client {
	const char *remote;	/* who asks: address and port */
	bool is_rejected, is_whitelisted;
	const char *address, *country;	/* of the client; "" : unknown */
	const struct account_record *record;	/* NULL: not looked at */
};

/*
 * {"remote_addr", "policy_reject", "whitelisted", "current_client_ip",
 * "current_country_code", "total_ips", "total_countries", "home_ips_seen",
 * "foreign_ips_seen", "home_countries_seen", "foreign_countries_seen"}. As
 * that program has it, a list of nothing is ["N/A"], and null if nobody looked
 * (a whitelisted client; ?info=1). Each list has the newest 1000.
 */
json_t *compat_client_json(const struct compat_client *);

#endif
