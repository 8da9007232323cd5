/*
 * override_json.c -- an override of the store as JSON, and back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_json.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/mem.h"
#include "store/override_fields.h"
#include "store/override_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MAX = 1000000, YEAR_S = 366 * 86400 };

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
limit_json(const struct override *override, int measure)
{
	uint32_t limit = override->set.limits[measure];

	if (!override->has[measure])
		return NULL;
	return limit == UNLIMITED ? json_string("unlimited") :
				    json_integer((json_int_t)limit);
}

/* What is not set is null, or left out. */
static void
set_value(json_t *object, const char *key, json_t *value, bool has_nulls)
{
	if (value != NULL)
		json_object_set_new(object, key, value);
	else if (has_nulls)
		json_object_set_new(object, key, json_null());
}

static void
add_settings(json_t *object, const struct override *override, bool has_nulls)
{
	const struct settings *set = &override->set;
	const bool *has = override->has;
	json_t *home = json_object();

	for (int i = 0; i < MEASURE_COUNT; i++)
		set_value(measures[i].is_home ? home : object,
		    measures[i].key, limit_json(override, i), has_nulls);
	set_value(home, "countries", has[SETTING_HOME_COUNTRIES] ?
	    countries_json(&set->home_countries) : NULL, has_nulls);
	if (json_object_size(home) > 0)
		json_object_set(object, "home", home);
	json_decref(home);
	set_value(object, "only_countries", has[SETTING_ONLY_COUNTRIES] ?
	    countries_json(&set->only_countries) : NULL, has_nulls);
	set_value(object, "only_networks", has[SETTING_ONLY_NETWORKS] ?
	    networks_json(&set->only_networks) : NULL, has_nulls);
	set_value(object, "rates", has[SETTING_RATES] ?
	    rates_json(&set->rates) : NULL, has_nulls);
	override_rules_add(object, override);
}

json_t *
override_settings_to_json(const struct override *override)
{
	json_t *object = json_object();

	add_settings(object, override, false);
	return object;
}

char *
override_json_write(const struct override *override)
{
	json_t *object = override_settings_to_json(override);
	char *text = json_dumps(object, OVERRIDE_JSON_FLAGS);

	json_decref(object);
	return text;
}

json_t *
override_set_to_json(const struct stored_override *stored)
{
	const struct override *override = &stored->override;
	json_t *object = json_pack("{ss}", "account", override->account);

	add_settings(object, override, true);
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

static int
read_limit(const json_t *value, int measure, bool is_stored,
    struct override *override, char why[OVERRIDE_WHY_SIZE])
{
	const struct measure_row *row = &measures[measure];
	json_int_t least = is_stored ? 0 : (json_int_t)row->least;
	json_int_t most = is_stored ? (json_int_t)UNLIMITED - 1 : LIMIT_MAX;
	json_int_t number = json_integer_value(value);
	const char *word = json_string_value(value);
	uint32_t limit = (uint32_t)number;

	if (value == NULL || json_is_null(value))
		return 0;
	if (word != NULL && strcmp(word, "unlimited") == 0)
		limit = UNLIMITED;
	else if (!json_is_integer(value) || number < least ||
	    number > most)
		return override_refuse(why, row->key, row->least == 0 ?
		    "a number from 0 to 1000000, \"unlimited\" or null" :
		    "a number from 1 to 1000000, \"unlimited\" or null");
	override->has[measure] = true;
	override->set.limits[measure] = limit;
	return 0;
}

/* Seconds, or a duration such as "1h". */
static int64_t
read_duration(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text != NULL)
		return duration_parse(text);
	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static int
read_rates(const json_t *value, bool is_stored, struct rates *rates,
    char why[OVERRIDE_WHY_SIZE])
{
	json_int_t least = is_stored ? 0 : 1;
	json_int_t most = is_stored ? UINT32_MAX : LIMIT_MAX;
	int64_t longest_s = is_stored ? INT32_MAX : YEAR_S;

	if (!json_is_array(value) || json_array_size(value) > RATE_RULES_MAX)
		return override_refuse(why, "rates", "a list of at most 8 rules "
		    "{\"mails\": 100, \"per\": \"1h\"}, or null");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *rule = json_array_get(value, i);
		const json_t *mails = json_object_get(rule, "mails");
		json_int_t count = json_integer_value(mails);
		int64_t per_s = read_duration(json_object_get(rule, "per"));

		if (!json_is_integer(mails) || json_object_size(rule) != 2 ||
		    count < least || count > most || per_s < 1 ||
		    per_s > longest_s)
			return override_refuse(why, "rates", "{\"mails\": 1 to 1000000,"
			    " \"per\": 1s to 366d}");
		for (size_t k = 0; k < rates->count; k++)
			if (rates->rules[k].per_s == per_s)
				return override_refuse(why, "rates",
				    "one rule for each time");
		rates->rules[rates->count++] =
		    (struct rate_rule){ (uint32_t)count, (uint32_t)per_s };
	}
	return 0;
}

/* A value; NULL, and *is_there false, if it is absent or null. */
static const json_t *
find(const json_t *object, const char *key, bool *is_there)
{
	const json_t *value = json_object_get(object, key);

	*is_there = value != NULL && !json_is_null(value);
	return *is_there ? value : NULL;
}

static int
read_lists(const json_t *object, bool is_stored, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	struct settings *set = &override->set;
	bool *has = override->has;
	const json_t *home = find(json_object_get(object, "home"),
	    "countries", &has[SETTING_HOME_COUNTRIES]);
	const json_t *countries = find(object, "only_countries",
	    &has[SETTING_ONLY_COUNTRIES]);
	const json_t *networks = find(object, "only_networks",
	    &has[SETTING_ONLY_NETWORKS]);
	const json_t *rates = find(object, "rates", &has[SETTING_RATES]);

	return (home != NULL && override_read_countries(home,
	    "home.countries", &set->home_countries, why) != 0) ||
	    (countries != NULL && override_read_countries(countries,
	    "only_countries", &set->only_countries, why) != 0) ||
	    (networks != NULL && override_read_networks(networks,
	    "only_networks", &set->only_networks, why) != 0) ||
	    (rates != NULL && read_rates(rates, is_stored, &set->rates,
	    why) != 0) ? -1 : 0;
}

static const char *const known_home[] = { "countries",
#define HOME(id, name, what, key, ...) key,
#include "config/limit_measures.def"
	NULL };

/* Those of what it sets, at the top. */
static const char *const known_settings[] = {
#define FOREIGN(id, name, what, key, ...) key,
#include "config/limit_measures.def"
	"home", "only_countries", "only_networks", "rates", NULL };

static const char *const known_members[] = {
#define FOREIGN(id, name, what, key, ...) key,
#include "config/limit_measures.def"
	"account", "home", "only_countries", "only_networks", "rates",
	"comment", "valid_until", "author", "changed", "revision", "listed",
	NULL };

/* "new_places"; a dotted key is none in JSON. */
static bool
is_rules_section(const char *key)
{
	return strchr(key, '.') == NULL && rule_is_section(key);
}

/* The settings of which it consists; known: the keys that may be there. */
static int
read_settings(json_t *object, const char *const *known, bool is_stored,
    struct override *override, char why[OVERRIDE_WHY_SIZE])
{
	json_t *home = json_object_get(object, "home");

	if (!json_is_object(object))
		return override_refuse(why, "body", "an object");
	if (home != NULL && !json_is_null(home) && !json_is_object(home))
		return override_refuse(why, "home", "an object or null");
	if (override_check_keys(object, "", known, is_rules_section,
		why) != 0 ||
	    override_check_keys(home, "home", known_home, NULL, why) != 0)
		return -1;
	for (int i = 0; i < MEASURE_COUNT; i++)
		if (read_limit(json_object_get(measures[i].is_home ? home :
			object, measures[i].key), i, is_stored, override,
			why) != 0)
			return -1;
	if (override_rules_read(object, override, why) != 0)
		return -1;
	return read_lists(object, is_stored, override, why);
}

int
override_from_json(json_t *object, struct stored_override *stored,
    char why[OVERRIDE_WHY_SIZE])
{
	const json_t *until = json_object_get(object, "valid_until");

	if (read_settings(object, known_members, false, &stored->override,
		why) != 0)
		return -1;
	stored->valid_until_ms = 0;
	if (until != NULL && !json_is_null(until) &&
	    (json_string_value(until) == NULL ||
		clock_parse(json_string_value(until),
		    &stored->valid_until_ms) != 0 ||
		stored->valid_until_ms == 0))
		return override_refuse(why, "valid_until",
		    "a time such as \"2026-01-31T12:00:00Z\", or null");
	return override_read_comment(json_object_get(object, "comment"),
	    &stored->override, why);
}

int
override_json_read(const char *text, struct override *override)
{
	json_t *object = json_loads(text, 0, NULL);
	char why[OVERRIDE_WHY_SIZE];
	int result = read_settings(object, known_settings, true, override,
	    why);

	json_decref(object);
	return result;
}
