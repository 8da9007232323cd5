/*
 * template.c -- texts with ${macros}, and what is filled in.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/template.h"

#include "base/mem.h"
#include "mail/mime.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const template_names[] = {
	"account",	/* who */
	"argument",	/* the same, as a word for the shell */
	"client",	/* the address of the last login */
	"country",	/* where that is */
	"asn",		/* its autonomous system */
	"as_name",	/* the name of that */
	"place",	/* the system, or a network */
	"state",	/* is the place new, young or known? */
	"first",	/* since when */
	"known_places",	/* how many are */
	"found",	/* what was counted */
	"peak",		/* what is usual at most */
	"login",	/* the last login in words */
	"history",	/* what is known of the account, in words */
#define FOREIGN(id, name, ...) name,	/* how many within the window */
#include "config/limit_measures.def"
	"limit",	/* how many are allowed */
	"per",		/* within what time */
	"reason",	/* in words */
	"until",	/* end of the block */
	"logins",	/* the evidence: a table; of a digest: its events */
	"time",		/* when it happened */
	"host",		/* which server tells */
	"count",	/* of a digest: how many events */
	NULL,
};

/* The macro that begins at or behind text: its "${"; *end is behind its "}",
 * or NULL if that is missing. */
static const char *
find_macro(const char *text, const char **end)
{
	const char *start = strstr(text, "${");
	const char *brace;

	if (start == NULL)
		return NULL;
	brace = strpbrk(start + 2, "}\r\n");
	*end = brace != NULL && *brace == '}' ? brace + 1 : NULL;
	return start;
}

static bool
is_named(const char *macro, const char *end, const char *name)
{
	size_t length = (size_t)(end - macro) - strlen("${}");

	return strlen(name) == length && memcmp(macro + 2, name, length) == 0;
}

static void
write_value(FILE *out, const struct template_value *value)
{
	char *clean;

	if (value->value == NULL)
		return;
	clean = mime_clean(value->value, value->is_lines);
	fputs(clean, out);
	free(clean);
}

/* Write the value of a macro, or the macro itself. */
static void
write_macro(FILE *out, const char *macro, const char *end,
    const struct template_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_named(macro, end, values[i].name)) {
			write_value(out, &values[i]);
			return;
		}
	}
	fprintf(out, "%.*s", (int)(end - macro), macro);
}

char *
template_expand(const char *text, const struct template_value *values,
    size_t count)
{
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);
	const char *macro;
	const char *end;

	if (out == NULL)
		return mem_dup(text);
	while ((macro = find_macro(text, &end)) != NULL) {
		fprintf(out, "%.*s", (int)(macro - text), text);
		if (end == NULL) {
			end = macro + strlen("${");
			fputs("${", out);
		} else {
			write_macro(out, macro, end, values, count);
		}
		text = end;
	}
	fputs(text, out);
	fclose(out);
	return result;
}

const char *
template_find_unknown(const char *text, const char *const *names,
    size_t *length)
{
	const char *macro;
	const char *end;

	for (; (macro = find_macro(text, &end)) != NULL; text = end) {
		bool is_known = false;

		if (end == NULL) {
			*length = strlen("${");
			return macro;
		}
		for (size_t i = 0; names[i] != NULL && !is_known; i++)
			is_known = is_named(macro, end, names[i]);
		if (!is_known) {
			*length = (size_t)(end - macro);
			return macro;
		}
	}
	return NULL;
}

char *
template_quote(const char *word)
{
	size_t length = strlen(word);
	char *quoted;
	char *end;
	bool is_safe = length > 0;

	for (size_t i = 0; i < length && is_safe; i++)
		is_safe = isalnum((unsigned char)word[i]) ||
		    strchr("@%+=:,./_-", word[i]) != NULL;
	if (is_safe)
		return mem_dup(word);
	quoted = end = mem_new(length * 4 + 3, 1); /* ' becomes '\'' */
	*end++ = '\'';
	for (; *word != '\0'; word++) {
		if (*word == '\'') {
			memcpy(end, "'\\'", 3);
			end += 3;
		}
		*end++ = *word;
	}
	*end++ = '\'';
	return quoted;
}
