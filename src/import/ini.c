/*
 * ini.c -- a file of [sections] and "key = value" lines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/ini.h"

#include "base/mem.h"
#include "base/text.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

static const char blank[] = " \t\r";

struct reader {
	struct tree *tree;
	struct complaints *complaints;
	char *section;
	unsigned line;
};

/* The text between two ends, without the white space around it. */
static char *
trim(const char *begin, const char *end)
{
	while (begin < end && strchr(blank, *begin) != NULL)
		begin++;
	while (begin < end && strchr(blank, end[-1]) != NULL)
		end--;
	return mem_dup_n(begin, (size_t)(end - begin));
}

static void
take_section(struct reader *reader, const char *begin, const char *end,
    const struct place *place)
{
	const char *close = memchr(begin, ']', (size_t)(end - begin));

	if (close == NULL) {
		complain(reader->complaints, place,
		    "a section without the ] at its end");
		return;
	}
	free(reader->section);
	reader->section = trim(begin + 1, close);
}

static void
take_setting(struct reader *reader, const char *begin, const char *end,
    const struct place *place)
{
	const char *sign = begin;
	struct node *node;
	char *name;

	while (sign < end && *sign != '=' && *sign != ':')
		sign++;
	name = trim(begin, sign);
	if (sign == end || *name == '\0') {
		complain(reader->complaints, place,
		    "neither [section] nor \"key = value\"");
	} else if (reader->section == NULL) {
		complain(reader->complaints, place,
		    "%s stands before the first [section]", name);
	} else {
		text_lower(name);
		node = tree_add(reader->tree,
		    mem_printf("%s.%s", reader->section, name),
		    strlen(reader->section) + 1, place);
		node->kind = NODE_TEXT;
		node->value = trim(sign + 1, end);
	}
	free(name);
}

/* Add a line to the value before it. */
static void
go_on(struct reader *reader, const char *begin, const char *end,
    const struct place *place)
{
	struct node *node = &reader->tree->nodes[reader->tree->count - 1];
	char *more = trim(begin, end);
	char *value;

	if (node->kind != NODE_TEXT) {
		complain(reader->complaints, place,
		    "goes on with a value, but there is none before it");
	} else {
		value = mem_printf("%s%s%s", node->value,
		    *node->value == '\0' ? "" : " ", more);
		free(node->value);
		node->value = value;
	}
	free(more);
}

static void
take_line(struct reader *reader, const char *begin, const char *end)
{
	struct place place = { .line = reader->line, .column = 1 };
	char *line = trim(begin, end);

	for (char *tab = line; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	if (!value_is_line(line))
		complain(reader->complaints, &place,
		    "bytes that are no UTF-8 text");
	else if (*line == '\0' || *line == '#' || *line == ';')
		; /* nothing in it */
	else if (strchr(blank, *begin) != NULL)
		go_on(reader, begin, end, &place);
	else if (*begin == '[')
		take_section(reader, begin, end, &place);
	else
		take_setting(reader, begin, end, &place);
	free(line);
}

int
ini_read(struct tree *tree, const char *text, size_t length,
    struct complaints *complaints)
{
	struct reader reader = { .tree = tree, .complaints = complaints };
	const char *end = text + length;
	struct place whole = { 0 };
	unsigned before = complaints->count;

	memset(tree, 0, sizeof(*tree));
	tree_add(tree, mem_dup(""), 0, &whole)->kind = NODE_MAP;
	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (stop == NULL)
			stop = end;
		reader.line++;
		take_line(&reader, text, stop);
		text = stop + 1;
	}
	tree->nodes[0].span = tree->count;
	free(reader.section);
	if (complaints->count > before)
		return -1;
	return tree_check(tree, complaints);
}
