/*
 * test_status_problems.c -- what is wrong now.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/status_problems.h"
#include "unit.h"

#include <string.h>

enum { DAY = 86400 };

/* A host: version, seconds of silence, is it observing, workers of two,
 * processes without the store and the directory, age of the GeoIP file. */
#define HOST(name, version, quiet, observes, workers, store, ldap, wants, age) \
	{ name, version, quiet, observes, workers, 2, store, ldap, wants, age }
#define WELL(name) HOST(name, "1.0", 0, false, 2, 0, 0, true, DAY)

static const struct {
	const char *what;
	struct condition hosts[2];
	bool is_store_away;
	uint64_t outbox;
	int64_t outbox_age_s;
	const char *wanted;	/* "SUBJECT HOST SUBJECT HOST " */
} rows[] = {
	{ "nothing", { WELL("a"), WELL("b") }, false, 0, 0, "" },
	{ "the store is away", { WELL("a") }, true, 0, 0, "store - " },
	{ "one worker is down", { WELL("a"),
	    HOST("b", "1.0", 0, false, 1, 0, 0, true, DAY) },
	    false, 0, 0, "workers b " },
	{ "a GeoIP file of 45 days is not old",
	    { HOST("a", "1.0", 0, false, 2, 0, 0, true, 45 * DAY) }, false, 0, 0, "" },
	{ "a GeoIP file of 46 days is",
	    { HOST("a", "1.0", 0, false, 2, 0, 0, true, 46 * DAY) }, false, 0, 0,
	    "geoip a " },
	{ "a GeoIP file is wanted, and there is none",
	    { HOST("a", "1.0", 0, false, 2, 0, 0, true, -1) }, false, 0, 0, "geoip a " },
	{ "nobody wants one", {
	    HOST("a", "1.0", 0, false, 2, 0, 0, false, -1) }, false, 0, 0, "" },
	{ "the directory is away for one process",
	    { HOST("a", "1.0", 0, false, 2, 0, 1, true, DAY) }, false, 0, 0, "ldap a " },
	{ "the store is away for one host",
	    { WELL("a"),
	    HOST("b", "1.0", 0, false, 2, 3, 0, true, DAY) }, false, 0, 0,
	    "store b " },
	{ "notifications wait for an hour", { WELL("a") }, false, 5, 3600,
	    "" },
	{ "and for longer", { WELL("a") }, false, 5, 3601, "outbox - " },
	{ "a host is silent, whatever it said before",
	    { WELL("a"), HOST("b", "1.0", 301, false, 0, 0, 0, true, DAY) },
	    false, 0, 0, "hosts b " },
	{ "one that is gone for a day is forgotten",
	    { WELL("a"),
	    HOST("b", "1.0", DAY + 1, false, 2, 0, 0, true, DAY) }, false, 0, 0,
	    "" },
	{ "two versions", { WELL("a"),
	    HOST("b", "1.1", 0, false, 2, 0, 0, true, DAY) },
	    false, 0, 0, "hosts b " },
	{ "two modes", { WELL("a"),
	    HOST("b", "1.0", 0, true, 2, 0, 0, true, DAY) },
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

UNIT("admin/status_problems", problems)
