/*
 * override_change.c -- KEY=VALUE of an override as JSON, and back. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "jobs/override_change.h"

#include "base/duration.h"
#include "base/mem.h"
#include "store/override_rules.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1000000 };

enum shape { SHAPE_LIMIT, SHAPE_LIST, SHAPE_RATES, SHAPE_TEXT, SHAPE_RULE };

static const struct key {
	const char *path;
	enum shape shape;
	int rule;		/* enum rule */
} keys[] = {
#define FOREIGN(id, name, what, key, ...) { key, SHAPE_LIMIT, 0 },
#include "config/limit_measures.def"
	{ "home.countries", SHAPE_LIST, 0 },
#define HOME(id, name, what, key, ...) { "home." key, SHAPE_LIMIT, 0 },
#include "config/limit_measures.def"
	{ "only_countries", SHAPE_LIST, 0 },
	{ "only_networks", SHAPE_LIST, 0 },
	{ "rates", SHAPE_RATES, 0 },
	{ "comment", SHAPE_TEXT, 0 },
	{ "valid_until", SHAPE_TEXT, 0 },
#define RULE(id, key, ...) { key, SHAPE_RULE, RULE_##id },
#include "config/detection_rules.def"
};
enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static const struct key *
find(const char *change, size_t length)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strlen(keys[i].path) == length &&
		    strncmp(keys[i].path, change, length) == 0)
			return &keys[i];
	return NULL;
}

static json_t *
read_limit(const char *value)
{
	int64_t number = text_parse_number(value, LARGEST);

	return number >= 0 ? json_integer((json_int_t)number) :
			     json_string(value);
}

/* What it does not allow is a text, and refused as such. */
static json_t *
read_rule(enum rule rule, const char *text)
{
	uint32_t value;

	return rule_read(rule, text, &value) == 0 ?
	    override_rule_json(rule, value) : json_string(text);
}

/* Countries may be written in small letters. */
static json_t *
read_list(const char *value)
{
	json_t *array = json_array();

	while (*value != '\0') {
		size_t length = strcspn(value, ",");
		char *item = mem_dup_n(value, length);

		if (length == 2)
			for (char *c = item; *c != '\0'; c++)
				*c = (char)toupper((unsigned char)*c);
		json_array_append_new(array, json_string(item));
		free(item);
		value += length + (value[length] == ',');
	}
	return array;
}

/* "100/1h,500/1d"; NULL if it is not so. */
static json_t *
read_rates(const char *value)
{
	json_t *array = json_array();

	if (strcmp(value, "unlimited") == 0)
		return array;
	while (*value != '\0') {
		size_t length = strcspn(value, ",");
		char *rule = mem_dup_n(value, length);
		char *slash = strchr(rule, '/');
		int64_t mails = -1;
		int64_t per_s = -1;

		if (slash != NULL) {
			*slash = '\0';
			mails = text_parse_number(rule, LARGEST);
			per_s = duration_parse(slash + 1);
		}
		free(rule);
		if (mails < 1 || per_s < 1) {
			json_decref(array);
			return NULL;
		}
		json_array_append_new(array, json_pack("{sI sI}", "mails",
		    (json_int_t)mails, "per", (json_int_t)per_s));
		value += length + (value[length] == ',');
	}
	return array;
}

static json_t *
read_value(const struct key *key, const char *value)
{
	if (*value == '\0')
		return json_null();
	switch (key->shape) {
	case SHAPE_LIMIT:
		return read_limit(value);
	case SHAPE_LIST:
		return read_list(value);
	case SHAPE_RATES:
		return read_rates(value);
	case SHAPE_RULE:
		return read_rule((enum rule)key->rule, value);
	case SHAPE_TEXT:
	default:
		return json_string(value);
	}
}

int
override_change(json_t *override, const char *change,
    char why[CHANGE_WHY_SIZE])
{
	size_t length = strcspn(change, "=");
	const struct key *key = find(change, length);
	json_t *value;

	if (change[length] != '=' || key == NULL) {
		snprintf(why, CHANGE_WHY_SIZE, "\"%.60s\" is not KEY=VALUE "
		    "with one of the keys of `overrides`, see policyd.yaml(5)",
		    change);
		return -1;
	}
	value = read_value(key, change + length + 1);
	if (value == NULL) {
		snprintf(why, CHANGE_WHY_SIZE, key->shape == SHAPE_RATES ?
		    "\"%.60s\": write rates=100/1h,500/1d, unlimited or "
		    "nothing" : "\"%.60s\" is not UTF-8", change);
		return -1;
	}
	override_set_at(override, key->path, value);
	return 0;
}

static void
add_list(const json_t *list, struct text *words)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		text_printf(words, "%s%s", i > 0 ? "," : "",
		    json_string_value(item));
}

static void
add_rates(const json_t *rates, struct text *words)
{
	const json_t *rule;
	size_t i;

	if (json_array_size(rates) == 0)
		text_printf(words, "unlimited");
	json_array_foreach (rates, i, rule)
		text_printf(words, "%s%lld/%llds", i > 0 ? "," : "",
		    (long long)json_integer_value(
			json_object_get(rule, "mails")),
		    (long long)json_integer_value(
			json_object_get(rule, "per")));
}

/* A limit, or what a rule allows. */
static void
add_value(const json_t *value, struct text *words)
{
	if (json_is_integer(value))
		text_printf(words, "%lld",
		    (long long)json_integer_value(value));
	else if (json_is_real(value))
		text_printf(words, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		text_add(words, json_is_true(value) ? "true" : "false");
	else
		text_add(words, json_string_value(value));
}

void
override_words(const json_t *override, struct text *words)
{
	const char *gap = "";

	for (size_t i = 0; i < KEYS; i++) {
		const struct key *key = &keys[i];
		const json_t *value = override_at(override, key->path);

		if (value == NULL || json_is_null(value) ||
		    key->shape == SHAPE_TEXT)
			continue;
		text_printf(words, "%s%s=", gap, key->path);
		gap = " ";
		if (key->shape == SHAPE_RATES)
			add_rates(value, words);
		else if (key->shape == SHAPE_LIST)
			add_list(value, words);
		else
			add_value(value, words);
	}
}
