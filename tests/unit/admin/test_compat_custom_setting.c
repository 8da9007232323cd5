/*
 * test_compat_custom_setting.c -- entries of geoip-policyd's custom settings.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/compat_custom_setting.h"
#include "unit.h"

#include <string.h>

/* What is laid over { networks 5, only_countries DE, comment "old" }. */
static const struct {
	const char *what, *entry, *result;	/* NULL: it is refused */
} rows[] = {
	{ "what is absent stays", "{}", "{\"comment\":\"old\",\"sender\":\"a\","
	    "\"ips\":5,\"countries\":0,\"trusted_countries\":[\"DE\"]}" },
	{ "0 is the general value", "{\"ips\":0,\"countries\":3}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":0,"
	    "\"countries\":3,\"trusted_countries\":[\"DE\"]}" },
	{ "null too", "{\"ips\":null,\"trusted_countries\":null,"
	    "\"comment\":null}", "{\"comment\":\"\",\"sender\":\"a\","
	    "\"ips\":0,\"countries\":0}" },
	{ "an empty list is none", "{\"trusted_countries\":[]}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":5,"
	    "\"countries\":0}" },
	{ "codes in either case", "{\"home_countries\":{\"codes\":[\"fr\"]}}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":5,\"countries\":0,"
	    "\"trusted_countries\":[\"DE\"],"
	    "\"home_countries\":{\"codes\":[\"FR\"]}}" },
	{ "part of home", "{\"home_countries\":{\"ips\":7}}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":5,\"countries\":0,"
	    "\"trusted_countries\":[\"DE\"],\"home_countries\":{\"ips\":7}}" },
	{ "networks as they are meant", "{\"trusted_ips\":[\"192.0.2.9/24\"]}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":5,\"countries\":0,"
	    "\"trusted_ips\":[\"192.0.2.0/24\"],"
	    "\"trusted_countries\":[\"DE\"]}" },
	{ "a key that nobody knows is passed over", "{\"ip\":3}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":5,\"countries\":0,"
	    "\"trusted_countries\":[\"DE\"]}" },
	{ "of home, too", "{\"home_countries\":{\"code\":[]}}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":5,\"countries\":0,"
	    "\"trusted_countries\":[\"DE\"]}" },
	{ "100.0 is whole", "{\"ips\":100.0,\"trusted_countries\":[]}",
	    "{\"comment\":\"old\",\"sender\":\"a\",\"ips\":100,"
	    "\"countries\":0}" },
	{ "less than none", "{\"ips\":-1}", NULL },
	{ "more than anybody needs", "{\"ips\":1000001}", NULL },
	{ "far more", "{\"ips\":1e300}", NULL },
	{ "no whole number", "{\"ips\":1.5}", NULL },
	{ "a number in quotes", "{\"ips\":\"3\"}", NULL },
	{ "no code", "{\"trusted_countries\":[\"D\"]}", NULL },
	{ "an empty code", "{\"trusted_countries\":[\"\"]}", NULL },
	{ "no list", "{\"trusted_ips\":\"192.0.2.1\"}", NULL },
	{ "no address", "{\"trusted_ips\":[\"x\"]}", NULL },
	{ "home is an object", "{\"home_countries\":[\"DE\"]}", NULL },
	{ "no text", "{\"comment\":3}", NULL },
	{ "a list", "[]", NULL },
};

static char *
compact(json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(document);
	return text;
}

START_TEST(reads_and_shows)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct stored_override stored = { .revision = 0 };
		char why[OVERRIDE_WHY_SIZE] = "";
		json_t *entry = json_loads(rows[i].entry, 0, NULL);
		int result;

		stored.override.account = strdup("a");
		stored.override.comment = strdup("old");
		stored.override.has[MEASURE_NETWORKS] = true;
		stored.override.set.limits[MEASURE_NETWORKS] = 5;
		stored.override.has[SETTING_ONLY_COUNTRIES] = true;
		countries_add(&stored.override.set.only_countries, "DE");
		result = custom_setting_read(entry, &stored, why);
		ck_assert_msg((result == 0) == (rows[i].result != NULL), "%s",
		    rows[i].what);
		ck_assert_msg((result == 0) == (why[0] == '\0'), "%s: %s",
		    rows[i].what, why);
		if (result == 0) {
			char *text = compact(custom_setting_show(&stored));
			char *wanted = compact(json_loads(rows[i].result, 0,
			    NULL));

			ck_assert_str_eq(text, wanted);
			free(text);
			free(wanted);
		}
		json_decref(entry);
		stored_override_clear(&stored);
	}
}
END_TEST

UNIT("admin/compat_custom_setting", reads_and_shows)
