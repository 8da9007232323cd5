/*
 * compat_custom_setting.c -- an entry of geoip-policyd's custom settings. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/compat_custom_setting.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { LIMIT_MAX = 1000000 };

/* The numbers; 0 stands for the general value. */
static const struct number_row {
	const char *section;	/* NULL: at the top */
	const char *key;
	enum measure measure;
} numbers[] = {
	{ NULL, "ips", MEASURE_NETWORKS },
	{ NULL, "countries", MEASURE_COUNTRIES },
	{ "home_countries", "ips", MEASURE_HOME_NETWORKS },
	{ "home_countries", "countries", MEASURE_HOME_COUNTRIES },
};
enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

/* --- writing --------------------------------------------------------------- */

static json_int_t
number_of(const struct override *override, const struct number_row *row)
{
	uint32_t limit;

	if (!override->has[row->measure])
		return 0;
	limit = override->set.limits[row->measure];
	/* There is no word for unlimited; this is as good as. */
	return limit > LIMIT_MAX ? LIMIT_MAX : (json_int_t)limit;
}

static json_t *
codes_json(const struct countries *countries)
{
	json_t *array = json_array();

	for (size_t i = 0; i < countries->count; i++)
		json_array_append_new(array, json_string(countries->codes[i]));
	return array;
}

json_t *
custom_setting_show(const struct stored_override *stored)
{
	const struct override *override = &stored->override;
	const struct settings *set = &override->set;
	json_t *home = json_object();
	json_t *entry = json_pack("{ss ss}", "comment",
	    override->comment != NULL ? override->comment : "", "sender",
	    override->account);
	char text[ADDR_TEXT_SIZE];
	json_t *array;

	if (override->has[SETTING_HOME_COUNTRIES])
		json_object_set_new(home, "codes",
		    codes_json(&set->home_countries));
	for (int i = 0; i < NUMBERS; i++) {
		json_int_t number = number_of(override, &numbers[i]);

		if (numbers[i].section == NULL || number != 0)
			json_object_set_new(numbers[i].section == NULL ?
			    entry : home, numbers[i].key,
			    json_integer(number));
	}
	if (override->has[SETTING_ONLY_NETWORKS]) {
		array = json_array();
		for (size_t i = 0; i < set->only_networks.count; i++)
			json_array_append_new(array, json_string(addr_format(
			    &set->only_networks.list[i], text)));
		json_object_set_new(entry, "trusted_ips", array);
	}
	if (override->has[SETTING_ONLY_COUNTRIES])
		json_object_set_new(entry, "trusted_countries",
		    codes_json(&set->only_countries));
	if (json_object_size(home) > 0)
		json_object_set(entry, "home_countries", home);
	json_decref(home);
	return entry;
}

/* --- reading --------------------------------------------------------------- */

static int
read_number(const json_t *value, const struct number_row *row,
    struct override *override, char why[OVERRIDE_WHY_SIZE])
{
	double number = json_number_value(value);

	if (value == NULL)
		return 0;
	/* 100.0 is a whole number, too. */
	if (!json_is_null(value) && (!json_is_number(value) || number < 0 ||
	    number > LIMIT_MAX || number != (double)(int)number)) {
		snprintf(why, OVERRIDE_WHY_SIZE, "%s%s%s: allowed is a number "
		    "from 0 to %d", row->section != NULL ? row->section : "",
		    row->section != NULL ? "." : "", row->key, LIMIT_MAX);
		return -1;
	}
	override->has[row->measure] = number > 0;
	override->set.limits[row->measure] = (uint32_t)number;
	return 0;
}

/* An empty list is none. */
static int
read_codes(const json_t *value, const char *key, enum setting setting,
    struct countries *countries, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	if (value == NULL)
		return 0;
	countries_clear(countries);
	override->has[setting] = false;
	if (json_is_null(value))
		return 0;
	if (override_read_countries(value, key, countries, why) != 0)
		return -1;
	override->has[setting] = countries->count > 0;
	return 0;
}

static int
read_lists(const json_t *entry, const json_t *home, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	const json_t *ips = json_object_get(entry, "trusted_ips");
	struct settings *set = &override->set;

	if (read_codes(json_object_get(entry, "trusted_countries"),
		"trusted_countries", SETTING_ONLY_COUNTRIES,
		&set->only_countries, override, why) != 0 ||
	    read_codes(json_object_get(home, "codes"),
		"home_countries.codes", SETTING_HOME_COUNTRIES,
		&set->home_countries, override, why) != 0)
		return -1;
	if (ips == NULL)
		return 0;
	networks_clear(&set->only_networks);
	override->has[SETTING_ONLY_NETWORKS] = false;
	if (json_is_null(ips))
		return 0;
	if (override_read_networks(ips, "trusted_ips", &set->only_networks,
		why) != 0)
		return -1;
	override->has[SETTING_ONLY_NETWORKS] = set->only_networks.count > 0;
	return 0;
}

int
custom_setting_read(json_t *entry, struct stored_override *stored,
    char why[OVERRIDE_WHY_SIZE])
{
	json_t *home = json_object_get(entry, "home_countries");

	if (!json_is_object(entry) ||
	    (home != NULL && !json_is_null(home) && !json_is_object(home))) {
		snprintf(why, OVERRIDE_WHY_SIZE, "%s: allowed is an object",
		    json_is_object(entry) ? "home_countries" : "entry");
		return -1;
	}
	if (json_is_null(home)) {
		/* None of it. */
		stored->override.has[SETTING_HOME_COUNTRIES] = false;
		for (int i = 0; i < MEASURE_COUNT; i++)
			if (measures[i].is_home)
				stored->override.has[i] = false;
	}
	for (int i = 0; i < NUMBERS; i++)
		if (read_number(json_object_get(numbers[i].section == NULL ?
			entry : home, numbers[i].key), &numbers[i],
			&stored->override, why) != 0)
			return -1;
	if (read_lists(entry, home, &stored->override, why) != 0)
		return -1;
	if (json_object_get(entry, "comment") == NULL)
		return 0;
	return override_read_comment(json_object_get(entry, "comment"),
	    &stored->override, why);
}
