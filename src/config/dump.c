/*
 * dump.c -- a configuration as text.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/dump.h"

#include "config/list.h"
#include "config/overrides.h"
#include "config/texts.h"
#include "config/yaml_quote.h"
#include "config/rate_rules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What is no text needs no quotes; permissions do (YAML 1.1, octal). */
static bool
is_quoted(const struct key *option)
{
	return option->type >= OPTION_STRING || option->type == OPTION_OCTAL;
}

static size_t
count_items(const struct key *option, const struct config *config)
{
	if (option->type == OPTION_RULES)
		return config->settings.rates.count;
	if (option->type == OPTION_OVERRIDES)
		return config->override_count;
	if (option->type == OPTION_TEXTS)
		return config->texts.count;
	return list_count(option, config);
}

/* Item i of a list, as YAML or, if a text, without quotes. */
static void
write_item(const struct key *option, const struct config *config, size_t i,
    bool is_yaml, FILE *out)
{
	char *text;
	char *colon;

	if (option->type == OPTION_RULES) {
		rate_rules_write(&config->settings.rates.rules[i], out);
		return;
	}
	if (option->type == OPTION_OVERRIDES) {
		overrides_write(&config->overrides[i], out);
		return;
	}
	if (option->type == OPTION_TEXTS) {
		texts_write(&config->texts.list[i], out);
		return;
	}
	text = list_text(option, config, i);
	if (!is_yaml) {
		fputs(text, out);
	} else if (option->type == OPTION_USERS) {
		colon = strchr(text, ':');
		assert(colon != NULL);
		*colon = '\0';
		quote_write(out, text);
		fputs(": ", out);
		quote_write(out, colon + 1);
	} else {
		quote_write(out, text);
	}
	free(text);
}

static void
write_list(const struct key *option, const struct config *config,
    unsigned depth, FILE *out)
{
	bool is_map = option->type == OPTION_USERS;
	size_t count = count_items(option, config);

	if (count == 0)
		fputs(is_map ? " {}" : " []", out);
	fprintf(out, "  # %s\n", option->help);
	for (size_t i = 0; i < count; i++) {
		fprintf(
		    out, "%*s%s", (int)(depth + 1) * 2, "", is_map ? "" : "- ");
		write_item(option, config, i, true, out);
		fputc('\n', out);
	}
}

static void
write_scalar(
    const struct key *option, const struct config *config, FILE *out)
{
	char *text = value_text(option, config);

	fputc(' ', out);
	if (is_quoted(option))
		quote_write(out, text);
	else
		fputs(text, out);
	fprintf(out, "  # %s\n", option->help);
	free(text);
}

unsigned
dump_sections(const char *key, const char *before, FILE *out)
{
	unsigned depth = 0;
	const char *name = key;
	const char *dot;

	for (; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
		if (strncmp(key, before, (size_t)(dot + 1 - key)) != 0)
			fprintf(out, "%*s%.*s:\n", (int)depth * 2, "",
			    (int)(dot - name), name);
		depth++;
	}
	return depth;
}

void
dump_all(const struct config *config, FILE *out)
{
	const char *before = "";

	for (const struct key *o = keys; o->key != NULL; o++) {
		const char *dot = strrchr(o->key, '.');
		unsigned depth = dump_sections(o->key, before, out);

		fprintf(out, "%*s%s:", (int)depth * 2, "",
		    dot == NULL ? o->key : dot + 1);
		if (value_is_scalar(o))
			write_scalar(o, config, out);
		else
			write_list(o, config, depth, out);
		before = o->key;
	}
}

void
dump_value(const struct key *option, const struct config *config, FILE *out)
{
	char *text;

	if (value_is_scalar(option)) {
		text = value_text(option, config);
		fprintf(out, "%s\n", text);
		free(text);
		return;
	}
	for (size_t i = 0; i < count_items(option, config); i++) {
		write_item(option, config, i, false, out);
		fputc('\n', out);
	}
}
