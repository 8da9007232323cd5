/*
 * compat_client_json.c -- what geoip-policyd tells of a client. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/compat_client_json.h"

#include <string.h>

enum { SEEN_MAX = 1000 };

static bool
is_home(const struct countries *home, const char *country)
{
	for (size_t i = 0; i < home->count; i++)
		if (strcmp(home->codes[i], country) == 0)
			return true;
	return false;
}

static bool
has(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)),
			text) == 0)
			return true;
	return false;
}

/* Networks are distinct in the record, countries become so here. */
static json_t *
seen(const struct account_record *record, bool wants_home, bool wants_networks)
{
	json_t *list = json_array();
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < record->login_count; i++) {
		const struct login_record *login = &record->logins[i];

		if (!login->is_within || json_array_size(list) == SEEN_MAX ||
		    is_home(&record->settings.home_countries,
			login->country) != wants_home)
			continue;
		if (wants_networks)
			json_array_append_new(list, json_string(
			    addr_format(&login->network, text)));
		else if (login->country[0] != '\0' &&
		    !has(list, login->country))
			json_array_append_new(list,
			    json_string(login->country));
	}
	if (json_array_size(list) == 0)
		json_array_append_new(list, json_string("N/A"));
	return list;
}

json_t *
compat_client_json(const struct compat_client *client)
{
	static const struct evidence none = { .found = { 0 } };
	const struct account_record *record = client->record;
	const struct evidence *evidence = record != NULL ? &record->evidence :
							   &none;
	json_t *object = json_pack("{ss sb sb ss ss sI sI}", "remote_addr",
	    client->remote, "policy_reject", client->is_rejected,
	    "whitelisted", client->is_whitelisted, "current_client_ip",
	    client->is_whitelisted ? "" : client->address,
	    "current_country_code",
	    client->is_whitelisted ? "" : client->country, "total_ips",
	    (json_int_t)evidence_sum(evidence, MEASURED_NETWORK),
	    "total_countries",
	    (json_int_t)evidence_sum(evidence, MEASURED_COUNTRY));
	static const char *const keys[] = { "foreign_countries_seen",
		"foreign_ips_seen", "home_countries_seen", "home_ips_seen" };

	for (int i = 0; i < 4; i++)
		json_object_set_new(object, keys[i], record != NULL ?
		    seen(record, i >= 2, i % 2 == 1) : json_null());
	return object;
}
