/*
 * override_fields.c -- values of an override's JSON, read one by one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_fields.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 10000 };

int
override_refuse(char why[OVERRIDE_WHY_SIZE], const char *key, const char *allowed)
{
	snprintf(why, OVERRIDE_WHY_SIZE, "%s: allowed is %s", key, allowed);
	return -1;
}

int
override_read_countries(const json_t *value, const char *key,
    struct countries *countries, char why[OVERRIDE_WHY_SIZE])
{
	if (!json_is_array(value) || json_array_size(value) > LIST_MAX)
		return override_refuse(why, key, "a list of country codes or null");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *code = json_string_value(json_array_get(value, i));

		if (code == NULL || code[0] == '\0' ||
		    countries_add(countries, code) != 0)
			return override_refuse(why, key, "country codes of two letters, "
			    "such as \"DE\"");
	}
	return 0;
}

int
override_read_networks(const json_t *value, const char *key,
    struct networks *networks, char why[OVERRIDE_WHY_SIZE])
{
	struct addr network;

	if (!json_is_array(value) || json_array_size(value) > LIST_MAX)
		return override_refuse(why, key, "a list of networks or null");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *text = json_string_value(json_array_get(value, i));

		if (text == NULL || addr_parse(text, &network) != 0)
			return override_refuse(why, key, "addresses and networks, such "
			    "as \"192.0.2.0/24\"");
		networks_add(networks, &network);
	}
	return 0;
}

int
override_read_comment(const json_t *value, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	const char *text = json_string_value(value);

	if (value != NULL && !json_is_null(value) &&
	    (text == NULL || strlen(text) > OVERRIDE_COMMENT_MAX))
		return override_refuse(why, "comment", "a text of at most 4096 bytes");
	free(override->comment);
	override->comment = mem_dup(text != NULL ? text : "");
	return 0;
}

int
override_unknown(char why[OVERRIDE_WHY_SIZE], const char *section,
    const char *key)
{
	snprintf(why, OVERRIDE_WHY_SIZE, "%s%s%.40s: there is no such key",
	    section, section[0] != '\0' ? "." : "", key);
	return -1;
}

int
override_check_keys(json_t *object, const char *section,
    const char *const *known, bool (*also)(const char *key),
    char why[OVERRIDE_WHY_SIZE])
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		size_t i = 0;

		while (known[i] != NULL && strcmp(known[i], key) != 0)
			i++;
		if (known[i] == NULL && (also == NULL || !also(key)))
			return override_unknown(why, section, key);
	}
	return 0;
}
