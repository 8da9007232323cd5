/*
 * detection_rules.c -- what the rules of detection allow.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/detection_rules.h"

#include "base/text.h"
#include "config/settings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { THOUSAND = 1000 };

const struct rule_row rules[RULE_COUNT] = {
#define RULE(id, key, kind, initial, least, most, help)                        \
	[RULE_##id] = { key, RULE_IS_##kind, least, most, help },
#include "config/detection_rules.def"
};

enum rule
rule_find(const char *key)
{
	int i = 0;

	while (i < RULE_COUNT && strcmp(rules[i].key, key) != 0)
		i++;
	return (enum rule)i;
}

bool
rule_is_section(const char *path)
{
	size_t length = strlen(path);

	for (int i = 0; i < RULE_COUNT; i++)
		if (strncmp(rules[i].key, path, length) == 0 &&
		    rules[i].key[length] == '.')
			return true;
	return false;
}

/* "2", "1.5", "0.99": in thousandths; -1: it is none. */
static int64_t
parse_factor(const char *text, int64_t most)
{
	char digits[24];
	const char *dot = strchr(text, '.');
	size_t whole = dot != NULL ? (size_t)(dot - text) : strlen(text);
	size_t part = dot != NULL ? strlen(dot + 1) : 0;

	if (whole == 0 || whole > 7 || part > 3 || (dot != NULL && part == 0))
		return -1;
	snprintf(digits, sizeof(digits), "%.*s%s%s", (int)whole, text,
	    dot != NULL ? dot + 1 : "", "000" + part);
	return text_parse_number(digits, most);
}

int
rule_read(enum rule rule, const char *text, uint32_t *value)
{
	const struct rule_row *row = &rules[rule];
	int64_t number;

	if (row->kind == RULE_IS_SWITCH) {
		if (strcasecmp(text, "true") != 0 &&
		    strcasecmp(text, "false") != 0)
			return -1;
		*value = strcasecmp(text, "true") == 0;
		return 0;
	}
	if (row->kind == RULE_IS_LIMIT && strcasecmp(text, "unlimited") == 0) {
		*value = UNLIMITED;
		return 0;
	}
	number = row->kind == RULE_IS_FACTOR ? parse_factor(text, row->most) :
					       text_parse_number(text,
						   row->most);
	if (number < (int64_t)row->least)
		return -1;
	*value = (uint32_t)number;
	return 0;
}

const char *
rule_text(enum rule rule, uint32_t value, char text[RULE_TEXT_SIZE])
{
	const struct rule_row *row = &rules[rule];
	uint32_t part = value % THOUSAND;
	int digits = part % 100 == 0 ? 1 : part % 10 == 0 ? 2 : 3;

	if (row->kind == RULE_IS_SWITCH)
		snprintf(text, RULE_TEXT_SIZE, value ? "true" : "false");
	else if (row->kind == RULE_IS_LIMIT && value == UNLIMITED)
		snprintf(text, RULE_TEXT_SIZE, "unlimited");
	else if (row->kind != RULE_IS_FACTOR || part == 0)
		snprintf(text, RULE_TEXT_SIZE, "%u",
		    row->kind == RULE_IS_FACTOR ? value / THOUSAND : value);
	else
		snprintf(text, RULE_TEXT_SIZE, "%u.%0*u", value / THOUSAND,
		    digits, part / (digits == 1 ? 100 : digits == 2 ? 10 : 1));
	return text;
}

const char *
rule_allowed(enum rule rule, char text[RULE_ALLOWED_SIZE])
{
	const struct rule_row *row = &rules[rule];
	char least[RULE_TEXT_SIZE], most[RULE_TEXT_SIZE];

	if (row->kind == RULE_IS_SWITCH)
		snprintf(text, RULE_ALLOWED_SIZE, "true or false");
	else
		snprintf(text, RULE_ALLOWED_SIZE, "a number from %s to %s%s",
		    rule_text(rule, row->least, least),
		    rule_text(rule, row->most, most),
		    row->kind == RULE_IS_LIMIT ? ", or unlimited" : "");
	return text;
}
