/*
 * test_problems.c -- what is wrong now.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/problems.h"
#include "unit.h"

#include <string.h>

enum { DAY = 86400 };

/* A host that is well. */
#define WELL(name)                                                             \
	.host = name, .version = "1.0", .workers = 2, .workers_configured = 2, \
	.wants_geoip = true, .geoip_age_s = DAY

static const struct {
	const char *what;
	struct condition hosts[2];
	bool is_store_away;
	uint64_t outbox;
	int64_t outbox_age_s;
	const char *wanted;	/* "SUBJECT HOST SUBJECT HOST " */
} rows[] = {
	{ "nothing", { { WELL("a") }, { WELL("b") } }, false, 0, 0, "" },
	{ "the store is away", { { WELL("a") } }, true, 0, 0, "store - " },
	{ "one worker is down", { { WELL("a") }, { WELL("b"), .workers = 1 } },
	    false, 0, 0, "workers b " },
	{ "a GeoIP file of 60 days is not old",
	    { { WELL("a"), .geoip_age_s = 60 * DAY } }, false, 0, 0, "" },
	{ "a GeoIP file of 61 days is",
	    { { WELL("a"), .geoip_age_s = 61 * DAY } }, false, 0, 0,
	    "geoip a " },
	{ "a GeoIP file is wanted, and there is none",
	    { { WELL("a"), .geoip_age_s = -1 } }, false, 0, 0, "geoip a " },
	{ "nobody wants one", { { WELL("a"), .wants_geoip = false,
	    .geoip_age_s = -1 } }, false, 0, 0, "" },
	{ "the directory is away for one process",
	    { { WELL("a"), .ldap_away = 1 } }, false, 0, 0, "ldap a " },
	{ "the store is away for one host",
	    { { WELL("a") }, { WELL("b"), .store_away = 3 } }, false, 0, 0,
	    "store b " },
	{ "notifications wait for an hour", { { WELL("a") } }, false, 5, 3600,
	    "" },
	{ "and for longer", { { WELL("a") } }, false, 5, 3601, "outbox - " },
	{ "a host is silent, whatever it said before",
	    { { WELL("a") }, { WELL("b"), .quiet_s = 181, .workers = 0 } },
	    false, 0, 0, "hosts b " },
	{ "one that is gone for a day is forgotten",
	    { { WELL("a") }, { WELL("b"), .quiet_s = DAY + 1 } }, false, 0, 0,
	    "" },
	{ "two versions", { { WELL("a") }, { WELL("b"), .version = "1.1" } },
	    false, 0, 0, "hosts b " },
	{ "two modes", { { WELL("a") }, { WELL("b"), .is_observing = true } },
	    false, 0, 0, "hosts b " },
};

START_TEST(problems)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct conditions now = { .hosts = rows[i].hosts,
			.count = rows[i].hosts[1].host != NULL ? 2 : 1,
			.has_store = !rows[i].is_store_away,
			.outbox = rows[i].outbox,
			.outbox_age_s = rows[i].outbox_age_s };
		json_t *found = problems_find(&now);
		char text[200] = "";
		const json_t *one;
		size_t k;

		json_array_foreach(found, k, one) {
			const char *host = json_string_value(
			    json_object_get(one, "host"));

			strcat(text, json_string_value(
			    json_object_get(one, "subject")));
			strcat(text, " ");
			strcat(text, host != NULL ? host : "-");
			strcat(text, " ");
			ck_assert_str_ne(json_string_value(
			    json_object_get(one, "text")), "");
		}
		ck_assert_msg(strcmp(text, rows[i].wanted) == 0, "%s: %s",
		    rows[i].what, text);
		json_decref(found);
	}
}
END_TEST

UNIT("admin/problems", problems)
