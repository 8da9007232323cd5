/*
 * fuzz_http.c -- any bytes as the body of an HTTP request.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read as an override, or as a custom setting, comes back the same
 * when it is written and read again.
 */
#include "admin/compat_custom_setting.h"
#include "admin/credentials.h"
#include "admin/csrf.h"
#include "admin/routes.h"
#include "base/clock.h"
#include "config/config.h"
#include "store/override_json.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Write the one and read it into the other: the two are alike. */
static void
compare(json_t *(*show)(const struct stored_override *),
    int (*read)(json_t *, struct stored_override *, char *),
    const struct stored_override *first)
{
	struct stored_override second = { .revision = 0 };
	char why[OVERRIDE_WHY_SIZE];
	json_t *before = show(first);
	json_t *after;

	second.override.account = strdup(first->override.account);
	assert(read(before, &second, why) == 0);
	after = show(&second);
	assert(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	stored_override_clear(&second);
}

static void
read_bodies(json_t *body)
{
	struct stored_override one = { .revision = 0 };
	struct stored_override other = { .revision = 0 };
	char why[OVERRIDE_WHY_SIZE];

	one.override.account = strdup("a");
	other.override.account = strdup("a");
	if (override_from_json(body, &one, why) == 0)
		compare(override_set_to_json, override_from_json, &one);
	else
		assert(why[0] != '\0');
	if (custom_setting_read(body, &other, why) == 0)
		compare(custom_setting_show, custom_setting_read, &other);
	stored_override_clear(&one);
	stored_override_clear(&other);
}

/* The same bytes as a header, a path, a time. */
static void
read_texts(const char *text)
{
	static char *users[] = { "joe:$y$x" };
	static char *tokens[] = { "read:00" };
	struct config config = { .http = { .users = { 1, users },
	    .tokens = { 1, tokens } } };
	struct credentials *credentials = credentials_new(&config);
	struct provenance from = { text, text, text, NULL };
	const struct route *route;
	const char *rest;
	char who[WHO_SIZE];
	enum grant grant;
	struct attempt attempt;
	char *allow;
	int64_t ms;

	assert(credentials_check(credentials, text, who, &grant, &attempt) !=
	    CREDENTIALS_GOOD);
	credentials_close(credentials, &attempt, false, who, &grant);
	credentials_free(credentials);
	csrf_sign(&from, true);
	routes_find("GET", text, &route, &rest, &allow);
	free(allow);
	clock_parse(text, &ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	json_t *body = json_loadb((const char *)data, size,
	    JSON_REJECT_DUPLICATES, NULL);

	if (text != NULL) {
		memcpy(text, data, size);
		text[size] = '\0';
		read_texts(text);
	}
	free(text);
	read_bodies(body);
	json_decref(body);
	return 0;
}
