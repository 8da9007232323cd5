/*
 * decision_line.c -- a line of policyd's own log that tells of a decision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/decision_line.h"

#include "base/clock.h"
#include "replay/log_entry_make.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What is wanted of a line; NULL: it is not there. */
struct fields {
	const char *account, *client, *verdict, *would, *instance;
};

static enum line_said
take(const struct fields *fields, int64_t at_ms, struct entry **entry)
{
	const struct entry found = { .kind = ENTRY_DECISION, .at_ms = at_ms,
		.user = fields->account,
		.client = fields->client == NULL ? "" : fields->client,
		.mail = fields->instance == NULL ? "" : fields->instance,
		.is_refused = fields->would != NULL ||
		    (fields->verdict != NULL &&
			strcmp(fields->verdict, "pass") != 0 &&
			strcmp(fields->verdict, "exempt") != 0) };

	if (fields->verdict == NULL)
		return LINE_BAD;
	if (fields->account == NULL)
		return LINE_NOTHING;
	*entry = entry_make(&found);
	return LINE_ENTRY;
}

/* --- text ---------------------------------------------------------------- */

static int
hex(const char *text, int digits)
{
	int value = 0;

	for (int i = 0; i < digits; i++) {
		static const char all[] = "0123456789abcdef";
		const char *digit = text[i] == '\0' ? NULL :
						      strchr(all, text[i]);

		if (digit == NULL)
			return -1;
		value = value * 16 + (int)(digit - all);
	}
	return value;
}

/* What stands behind a backslash, as text_add_escaped writes it, put to *to;
 * returns what is behind it, or NULL. */
static const char *
unescape(const char *from, char **to)
{
	int value;

	switch (*from) {
	case 'n':
		*(*to)++ = '\n';
		return from + 1;
	case 't':
		*(*to)++ = '\t';
		return from + 1;
	case '"':
	case '\\':
		*(*to)++ = *from;
		return from + 1;
	case 'x':
		value = hex(from + 1, 2);
		*(*to)++ = (char)value;
		return value <= 0 ? NULL : from + 3;
	case 'u':
		value = hex(from + 1, 4);
		if (value < 0x80 || value > 0x9f)
			return NULL;
		*(*to)++ = (char)0xc2;
		*(*to)++ = (char)value;
		return from + 5;
	default:
		return NULL;
	}
}

/* Cut a value out of the line, unescaped in place; returns what is behind it,
 * or NULL if there is no such value. */
static char *
cut_value(char *text, const char **value)
{
	char *to = text;
	const char *from;

	*value = text;
	if (*text != '"') {
		text += strcspn(text, " ");
		if (*text != '\0')
			*text++ = '\0';
		return text;
	}
	for (from = text + 1; *from != '"';) {
		if (*from == '\0')
			return NULL;
		if (*from != '\\')
			*to++ = *from++;
		else if ((from = unescape(from + 1, &to)) == NULL)
			return NULL;
	}
	text += from + 1 - text;
	*to = '\0';
	return *text == ' ' ? text + 1 : text;
}

static void
keep(struct fields *fields, const char *key, const char *value)
{
	const struct {
		const char *key, **field;
	} wanted[] = { { "account", &fields->account },
		{ "client", &fields->client },
		{ "verdict", &fields->verdict }, { "would", &fields->would },
		{ "instance", &fields->instance } };

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (strcmp(wanted[i].key, key) == 0)
			*wanted[i].field = value;
}

enum line_said
decision_line_text(char *message, int64_t at_ms, struct entry **entry)
{
	static const char event[] = "decision ";
	struct fields fields = { .account = NULL };
	char *rest = message + sizeof(event) - 1;

	if (strncmp(message, event, sizeof(event) - 1) != 0)
		return LINE_NOTHING;
	while (rest != NULL && *rest != '\0') {
		char *key = rest;
		char *equals = strchr(key, '=');
		const char *value;

		if (equals == NULL)
			return LINE_BAD;
		*equals = '\0';
		rest = cut_value(equals + 1, &value);
		if (rest != NULL)
			keep(&fields, key, value);
	}
	return rest == NULL ? LINE_BAD : take(&fields, at_ms, entry);
}

/* --- JSON ---------------------------------------------------------------- */

static const char *
member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

enum line_said
decision_line_json(struct line_clock *clock, const char *line, int64_t at_ms,
    struct entry **entry)
{
	json_t *object = json_loads(line, 0, NULL);
	const char *event = member(object, "event");
	const char *time = member(object, "time");
	const struct fields fields = { .account = member(object, "account"),
		.client = member(object, "client"),
		.verdict = member(object, "verdict"),
		.would = member(object, "would"),
		.instance = member(object, "instance") };
	enum line_said said = LINE_BAD;

	if (json_is_object(object) &&
	    (event == NULL || strcmp(event, "decision") != 0))
		said = LINE_NOTHING;
	else if (object != NULL && time != NULL ?
		clock_parse(time, &at_ms) == 0 : at_ms >= 0)
		said = take(&fields, at_ms, entry);
	if (said != LINE_BAD && at_ms >= 0)
		clock->last_ms = at_ms;
	json_decref(object);
	return said;
}
