/*
 * override_json.c -- an override of the store as JSON, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_json.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MAX = 1000000, LIST_MAX = 10000, YEAR_S = 366 * 86400 };

/* The limits, and where each is. */
static const struct limit_row {
	const char *section;	/* NULL: at the top */
	const char *key;
	enum setting setting;
	size_t offset;		/* in struct settings */
	json_int_t least;
} limits[] = {
#define IN(field) offsetof(struct settings, field)
	{ NULL, "countries", SETTING_COUNTRIES, IN(countries), 0 },
	{ NULL, "networks", SETTING_NETWORKS, IN(networks), 0 },
	{ "home", "max_countries", SETTING_HOME_MAX_COUNTRIES,
	    IN(home_max_countries), 1 },
	{ "home", "max_networks", SETTING_HOME_MAX_NETWORKS,
	    IN(home_max_networks), 1 },
#undef IN
};
enum { LIMITS = sizeof(limits) / sizeof(limits[0]) };

static int
refuse(char why[OVERRIDE_WHY_SIZE], const char *key, const char *allowed)
{
	snprintf(why, OVERRIDE_WHY_SIZE, "%s: allowed is %s", key, allowed);
	return -1;
}

/* --- writing --------------------------------------------------------------- */

static json_t *
time_json(int64_t ms)
{
	char text[24];

	if (ms == 0)
		return json_null();
	clock_format(ms, text);
	return json_string(text);
}

static json_t *
countries_json(const struct countries *countries)
{
	json_t *array = json_array();

	for (size_t i = 0; i < countries->count; i++)
		json_array_append_new(array, json_string(countries->codes[i]));
	return array;
}

static json_t *
networks_json(const struct networks *networks)
{
	json_t *array = json_array();
	char text[ADDR_TEXT_SIZE];

	for (size_t i = 0; i < networks->count; i++)
		json_array_append_new(array,
		    json_string(addr_format(&networks->list[i], text)));
	return array;
}

static json_t *
rates_json(const struct rates *rates)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rates->count; i++)
		json_array_append_new(array, json_pack("{sI sI}", "mails",
		    (json_int_t)rates->rules[i].mails, "per",
		    (json_int_t)rates->rules[i].per_s));
	return array;
}

static json_t *
limit_json(const struct override *override, const struct limit_row *row)
{
	uint32_t limit;

	if (!override->has[row->setting])
		return json_null();
	memcpy(&limit, (const char *)&override->set + row->offset,
	    sizeof(limit));
	return limit == UNLIMITED ? json_string("unlimited") :
				    json_integer((json_int_t)limit);
}

json_t *
override_set_to_json(const struct stored_override *stored)
{
	const struct override *override = &stored->override;
	const struct settings *set = &override->set;
	const bool *has = override->has;
	json_t *home = json_object();
	json_t *object = json_pack("{ss so}", "account", override->account,
	    "home", home);

	for (int i = 0; i < LIMITS; i++)
		json_object_set_new(limits[i].section == NULL ? object : home,
		    limits[i].key, limit_json(override, &limits[i]));
	json_object_set_new(home, "countries", has[SETTING_HOME_COUNTRIES] ?
	    countries_json(&set->home_countries) : json_null());
	json_object_set_new(object, "only_countries",
	    has[SETTING_ONLY_COUNTRIES] ?
	    countries_json(&set->only_countries) : json_null());
	json_object_set_new(object, "only_networks",
	    has[SETTING_ONLY_NETWORKS] ? networks_json(&set->only_networks) :
					 json_null());
	json_object_set_new(object, "rates", has[SETTING_RATES] ?
	    rates_json(&set->rates) : json_null());
	json_object_set_new(object, "comment", json_string(
	    override->comment != NULL ? override->comment : ""));
	json_object_set_new(object, "valid_until",
	    time_json(stored->valid_until_ms));
	return object;
}

json_t *
override_to_json(const struct stored_override *stored)
{
	json_t *object = override_set_to_json(stored);

	json_object_set_new(object, "author", json_string(
	    stored->author != NULL ? stored->author : ""));
	json_object_set_new(object, "changed", time_json(stored->changed_ms));
	json_object_set_new(object, "revision",
	    json_integer((json_int_t)stored->revision));
	json_object_set_new(object, "listed", json_boolean(stored->is_listed));
	return object;
}

/* --- reading --------------------------------------------------------------- */

int
override_read_countries(const json_t *value, const char *key,
    struct countries *countries, char why[OVERRIDE_WHY_SIZE])
{
	if (!json_is_array(value) || json_array_size(value) > LIST_MAX)
		return refuse(why, key, "a list of country codes or null");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *code = json_string_value(json_array_get(value, i));

		if (code == NULL || code[0] == '\0' ||
		    countries_add(countries, code) != 0)
			return refuse(why, key, "country codes of two letters, "
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
		return refuse(why, key, "a list of networks or null");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *text = json_string_value(json_array_get(value, i));

		if (text == NULL || addr_parse(text, &network) != 0)
			return refuse(why, key, "addresses and networks, such "
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
		return refuse(why, "comment", "a text of at most 4096 bytes");
	free(override->comment);
	override->comment = mem_dup(text != NULL ? text : "");
	return 0;
}

static int
read_limit(const json_t *value, const struct limit_row *row,
    struct override *override, char why[OVERRIDE_WHY_SIZE])
{
	json_int_t number = json_integer_value(value);
	const char *word = json_string_value(value);
	uint32_t limit = (uint32_t)number;

	if (value == NULL || json_is_null(value))
		return 0;
	if (word != NULL && strcmp(word, "unlimited") == 0)
		limit = UNLIMITED;
	else if (!json_is_integer(value) || number < row->least ||
	    number > LIMIT_MAX)
		return refuse(why, row->key, row->least == 0 ?
		    "a number from 0 to 1000000, \"unlimited\" or null" :
		    "a number from 1 to 1000000, \"unlimited\" or null");
	override->has[row->setting] = true;
	memcpy((char *)&override->set + row->offset, &limit, sizeof(limit));
	return 0;
}

/* Seconds, or a duration such as "1h". */
static int64_t
read_duration(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return text_parse_duration(text);
	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static int
read_rates(const json_t *value, struct rates *rates,
    char why[OVERRIDE_WHY_SIZE])
{
	if (!json_is_array(value) || json_array_size(value) > RATE_RULES_MAX)
		return refuse(why, "rates", "a list of at most 8 rules "
		    "{\"mails\": 100, \"per\": \"1h\"}, or null");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *rule = json_array_get(value, i);
		const json_t *mails = json_object_get(rule, "mails");
		json_int_t count = json_integer_value(mails);
		int64_t per_s = read_duration(json_object_get(rule, "per"));

		if (!json_is_integer(mails) || json_object_size(rule) != 2 ||
		    count < 1 || count > LIMIT_MAX || per_s < 1 ||
		    per_s > YEAR_S)
			return refuse(why, "rates", "{\"mails\": 1 to 1000000,"
			    " \"per\": 1s to 366d}");
		for (size_t k = 0; k < rates->count; k++)
			if (rates->rules[k].per_s == per_s)
				return refuse(why, "rates",
				    "one rule for each time");
		rates->rules[rates->count++] =
		    (struct rate_rule){ (uint32_t)count, (uint32_t)per_s };
	}
	return 0;
}

static int
read_lists(const json_t *object, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	const json_t *home = json_object_get(json_object_get(object, "home"),
	    "countries");
	const json_t *countries = json_object_get(object, "only_countries");
	const json_t *networks = json_object_get(object, "only_networks");
	const json_t *rates = json_object_get(object, "rates");
	struct settings *set = &override->set;
	bool *has = override->has;

	has[SETTING_HOME_COUNTRIES] = home != NULL && !json_is_null(home);
	has[SETTING_ONLY_COUNTRIES] = countries != NULL &&
	    !json_is_null(countries);
	has[SETTING_ONLY_NETWORKS] = networks != NULL &&
	    !json_is_null(networks);
	has[SETTING_RATES] = rates != NULL && !json_is_null(rates);
	if (has[SETTING_HOME_COUNTRIES] &&
	    override_read_countries(home, "home.countries",
		&set->home_countries, why) != 0)
		return -1;
	if (has[SETTING_ONLY_COUNTRIES] &&
	    override_read_countries(countries, "only_countries",
		&set->only_countries, why) != 0)
		return -1;
	if (has[SETTING_ONLY_NETWORKS] &&
	    override_read_networks(networks, "only_networks",
		&set->only_networks, why) != 0)
		return -1;
	return has[SETTING_RATES] ? read_rates(rates, &set->rates, why) : 0;
}

int
override_check_keys(json_t *object, const char *const *known, const char *where,
    char why[OVERRIDE_WHY_SIZE])
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		size_t i = 0;

		while (known[i] != NULL && strcmp(known[i], key) != 0)
			i++;
		if (known[i] == NULL) {
			snprintf(why, OVERRIDE_WHY_SIZE,
			    "%s%.40s: there is no such key", where, key);
			return -1;
		}
	}
	return 0;
}

int
override_from_json(json_t *object, struct stored_override *stored,
    char why[OVERRIDE_WHY_SIZE])
{
	static const char *const known[] = { "account", "countries",
		"networks", "home", "only_countries", "only_networks",
		"rates", "comment", "valid_until", "author", "changed",
		"revision", "listed", NULL };
	static const char *const known_home[] = { "countries",
		"max_countries", "max_networks", NULL };
	json_t *home = json_object_get(object, "home");
	const json_t *until = json_object_get(object, "valid_until");

	if (!json_is_object(object))
		return refuse(why, "body", "an object");
	if (home != NULL && !json_is_null(home) && !json_is_object(home))
		return refuse(why, "home", "an object or null");
	if (override_check_keys(object, known, "", why) != 0 ||
	    override_check_keys(home, known_home, "home.", why) != 0)
		return -1;
	for (int i = 0; i < LIMITS; i++)
		if (read_limit(json_object_get(limits[i].section == NULL ?
			object : home, limits[i].key), &limits[i],
			&stored->override, why) != 0)
			return -1;
	stored->valid_until_ms = 0;
	if (until != NULL && !json_is_null(until) &&
	    (json_string_value(until) == NULL ||
		clock_parse(json_string_value(until),
		    &stored->valid_until_ms) != 0 ||
		stored->valid_until_ms == 0))
		return refuse(why, "valid_until",
		    "a time such as \"2026-01-31T12:00:00Z\", or null");
	if (read_lists(object, &stored->override, why) != 0)
		return -1;
	return override_read_comment(json_object_get(object, "comment"),
	    &stored->override, why);
}
