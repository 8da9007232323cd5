/*
 * override_rules.c -- what the rules of detection allow, in an override's JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/override_rules.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 64, THOUSAND = 1000 };

json_t *
override_rule_json(enum rule rule, uint32_t value)
{
	switch (rules[rule].kind) {
	case RULE_IS_SWITCH:
		return json_boolean(value != 0);
	case RULE_IS_FACTOR:
		if (value % THOUSAND != 0)
			return json_real((double)value / THOUSAND);
		return json_integer(value / THOUSAND);
	case RULE_IS_LIMIT:
		if (value == UNLIMITED)
			return json_string("unlimited");
		return json_integer(value);
	case RULE_IS_NUMBER:
	default:
		return json_integer(value);
	}
}

/* The member of the first part of a path, of length bytes. */
static json_t *
member(const json_t *object, const char *path, size_t length)
{
	char name[PATH_SIZE];

	snprintf(name, sizeof(name), "%.*s", (int)length, path);
	return json_object_get(object, name);
}

json_t *
override_at(const json_t *object, const char *path)
{
	const char *dot;

	for (; (dot = strchr(path, '.')) != NULL; path = dot + 1)
		object = member(object, path, (size_t)(dot - path));
	return json_object_get(object, path);
}

void
override_set_at(json_t *object, const char *path, json_t *value)
{
	const char *dot;

	for (; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
		json_t *inner = member(object, path, (size_t)(dot - path));
		char name[PATH_SIZE];

		if (!json_is_object(inner)) {
			inner = json_object();
			snprintf(name, sizeof(name), "%.*s",
			    (int)(dot - path), path);
			json_object_set_new(object, name, inner);
		}
		object = inner;
	}
	json_object_set_new(object, path, value);
}

void
override_rules_add(json_t *object, const struct override *override)
{
	for (int i = 0; i < RULE_COUNT; i++)
		if (override->has[SETTING_RULES + i])
			override_set_at(object, rules[i].key,
			    override_rule_json((enum rule)i,
				override->set.rules[i]));
}

/* As rule_read takes it; "": nothing that it could. */
static const char *
value_text(const json_t *value, char text[RULE_TEXT_SIZE])
{
	const char *word = json_string_value(value);

	text[0] = '\0';
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (word != NULL && strcmp(word, "unlimited") == 0)
		return word;
	if (json_is_integer(value))
		snprintf(text, RULE_TEXT_SIZE, "%lld",
		    (long long)json_integer_value(value));
	else if (json_is_real(value) && json_real_value(value) < 1e7)
		snprintf(text, RULE_TEXT_SIZE, "%.3f",
		    json_real_value(value));
	return text;
}

static int
read_rule(const json_t *value, enum rule rule, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	char text[RULE_TEXT_SIZE];
	char allowed[RULE_ALLOWED_SIZE];

	if (json_is_null(value))
		return 0;
	if (rule_read(rule, value_text(value, text),
		&override->set.rules[rule]) != 0)
		return override_refuse(why, rules[rule].key,
		    rule_allowed(rule, allowed));
	override->has[SETTING_RULES + rule] = true;
	return 0;
}

/* Walk what a section holds. */
static int
read_section(json_t *section, const char *path, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	char inner[PATH_SIZE];
	const char *key;
	json_t *value;
	int result = 0;

	if (json_is_null(section))
		return 0;
	if (!json_is_object(section))
		return override_refuse(why, path, "an object or null");
	json_object_foreach (section, key, value) {
		bool is_cut = snprintf(inner, sizeof(inner), "%s.%s", path,
		    key) >= (int)sizeof(inner);
		enum rule rule = rule_find(inner);

		if (!is_cut && rule != RULE_COUNT)
			result = read_rule(value, rule, override, why);
		else if (!is_cut && rule_is_section(inner))
			result = read_section(value, inner, override, why);
		else
			result = override_unknown(why, path, key);
		if (result != 0)
			break;
	}
	return result;
}

int
override_rules_read(json_t *object, struct override *override,
    char why[OVERRIDE_WHY_SIZE])
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value)
		if (strchr(key, '.') == NULL && rule_is_section(key) &&
		    read_section(value, key, override, why) != 0)
			return -1;
	return 0;
}
