/*
 * assignments.c -- a file of NAME=value lines, as in /etc/default.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/assignments.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME = 100 };

struct reader {
	struct tree *tree;
	const struct assignments_format *format;
	struct complaints *complaints;
	const char *text, *end;
	unsigned line;
	unsigned word_line;	/* where the last word began */
	unsigned name_line;	/* and the last name or option */
	char *word;	/* what was read last */
	size_t length, room;
	char option[LONGEST_NAME];	/* that waits for its value, or "" */
};

static void
put(struct reader *reader, char byte)
{
	if (reader->length + 1 >= reader->room) {
		reader->room = 2 * reader->room + 256;
		reader->word = mem_grow(reader->word, reader->room, 1);
	}
	reader->word[reader->length++] = byte;
	reader->word[reader->length] = '\0';
}

static void
complain_here(struct reader *reader, const char *what)
{
	struct place place = { .line = reader->line, .column = 1 };

	complain(reader->complaints, &place, "%s", what);
}

/* Skip a backslash at the end of a line, with it. */
static bool
goes_on(struct reader *reader)
{
	const char *text = reader->text;

	if (reader->end - text >= 2 && text[0] == '\\' && text[1] == '\n')
		reader->text += 2;
	else if (reader->end - text >= 3 && memcmp(text, "\\\r\n", 3) == 0)
		reader->text += 3;
	else
		return false;
	reader->line++;
	return true;
}

/* Read what is between two quotes; they are left out. */
static void
read_quoted(struct reader *reader)
{
	char quote = *reader->text++;

	while (reader->text < reader->end && *reader->text != quote) {
		if (goes_on(reader))
			continue;
		if (quote == '"' && *reader->text == '\\' &&
		    reader->end - reader->text > 1 &&
		    strchr("\"\\$`", reader->text[1]) != NULL)
			reader->text++;
		reader->line += *reader->text == '\n';
		put(reader, *reader->text == '\n' || *reader->text == '\t' ?
		    ' ' : *reader->text);
		reader->text++;
	}
	if (reader->text == reader->end)
		complain_here(reader, "a quote that has no end");
	else
		reader->text++;
}

static void
skip_line(struct reader *reader)
{
	while (reader->text < reader->end && *reader->text != '\n')
		reader->text++;
}

/* Read the next word of the line; false at its end. */
static bool
read_word(struct reader *reader)
{
	bool is_word = false;

	reader->length = 0;
	put(reader, '\0');
	reader->length = 0;
	while (reader->text < reader->end && *reader->text != '\n') {
		char byte = *reader->text;

		if (goes_on(reader))
			continue;
		if (byte == ' ' || byte == '\t' || byte == '\r') {
			reader->text++;
			if (is_word)
				return true;
			continue;
		}
		if (byte == '#' && !is_word) {
			skip_line(reader);
			return false;
		}
		if (!is_word)
			reader->word_line = reader->line;
		is_word = true;
		if (byte == '"' || byte == '\'') {
			read_quoted(reader);
			continue;
		}
		if (byte == '\\' && reader->end - reader->text > 1)
			reader->text++;
		put(reader, *reader->text++);
	}
	return is_word;
}

static struct node *
find(struct tree *tree, const char *name)
{
	for (size_t i = 1; i < tree->count; i++)
		if (strcmp(tree->nodes[i].path, name) == 0)
			return &tree->nodes[i];
	return NULL;
}

static void
add(struct reader *reader, const char *name, const char *value)
{
	struct place place = { .line = reader->name_line, .column = 1 };
	struct node *node = find(reader->tree, name);
	char *all;

	if (node == NULL) {
		node = tree_add(reader->tree, mem_dup(name), 0, &place);
		node->kind = NODE_TEXT;
		node->value = mem_dup(value);
		return;
	}
	all = mem_printf("%s %s", node->value, value);
	free(node->value);
	node->value = all;
}

static bool
is_in(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

/* "--max-ips" as GEOIPPOLICYD_MAX_IPS; false if it is no option. */
static bool
name_option(const struct reader *reader, const char *word, size_t length,
    char name[LONGEST_NAME])
{
	const struct assignments_format *format = reader->format;
	size_t at = strlen(format->prefix);

	if (length == 2 && word[0] == '-' && isalpha((unsigned char)word[1])) {
		for (size_t i = 0; format->letters[i] != NULL; i += 2)
			if (format->letters[i][0] == word[1]) {
				snprintf(name, LONGEST_NAME, "%s%s",
				    format->prefix, format->letters[i + 1]);
				return true;
			}
		return false;
	}
	if (length < 3 || strncmp(word, "--", 2) != 0 ||
	    at + length >= LONGEST_NAME)
		return false;
	strcpy(name, format->prefix);
	for (size_t i = 2; i < length; i++)
		name[at++] = word[i] == '-' ?
		    '_' : (char)toupper((unsigned char)word[i]);
	name[at] = '\0';
	return true;
}

static void
end_option(struct reader *reader)
{
	if (reader->option[0] != '\0')
		complain_here(reader, "an option without its value");
	reader->option[0] = '\0';
}

/* Take a word of a command line. */
static void
take_word(struct reader *reader, const char *word)
{
	size_t length = strcspn(word, "=");
	char name[LONGEST_NAME];

	if (reader->option[0] != '\0') {
		add(reader, reader->option, word);
		reader->option[0] = '\0';
		return;
	}
	if (!name_option(reader, word, length, name))
		return; /* a program, a subcommand */
	if (word[length] == '=')
		add(reader, name, word + length + 1);
	else if (is_in(reader->format->flags,
		     name + strlen(reader->format->prefix)))
		add(reader, name, "true");
	else
		strcpy(reader->option, name);
}

/* The value of a variable such as DAEMON_OPTS may be a command line. */
static void
take_words(struct reader *reader, const char *value)
{
	struct reader inner = *reader;

	inner.word = NULL;
	inner.room = 0;
	inner.text = value;
	inner.end = value + strlen(value);
	while (read_word(&inner))
		take_word(&inner, inner.word);
	end_option(&inner);
	free(inner.word);
}

static bool
is_name(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)word[i]) && word[i] != '_')
			return false;
	return length > 0 && !isdigit((unsigned char)word[0]);
}

/* Take NAME=value apart; a value that is a word of its own comes next. */
static void
take_assignment(struct reader *reader, const char *word, size_t length)
{
	const struct assignments_format *format = reader->format;
	char *name = mem_dup_n(word, length);
	char *value = mem_dup(word + length + (word[length] == '='));

	if (*value == '\0' && read_word(reader)) {
		free(value);
		value = mem_dup(reader->word[0] == '=' ? reader->word + 1 :
							 reader->word);
		if (*value == '\0' && read_word(reader)) {
			free(value);
			value = mem_dup(reader->word);
		}
	}
	if (format->prefix == NULL ||
	    strncmp(name, format->prefix, strlen(format->prefix)) == 0)
		add(reader, name, value);
	else if (strcmp(name, "Environment") == 0 &&
	    is_name(value, strcspn(value, "=")))
		take_assignment(reader, value, strcspn(value, "="));
	else
		take_words(reader, value);
	free(name);
	free(value);
}

static void
take_line(struct reader *reader)
{
	while (read_word(reader)) {
		char *word = reader->word;
		size_t length = strcspn(word, "=");

		reader->name_line = reader->word_line;
		if (strcmp(word, "export") == 0 || word[0] == '[')
			continue;
		if (reader->option[0] == '\0' && is_name(word, length) &&
		    (word[length] == '=' || reader->format->prefix == NULL)) {
			char *copy = mem_dup(word);

			take_assignment(reader, copy, length);
			free(copy);
		} else if (reader->format->prefix != NULL) {
			take_word(reader, word);
		} else {
			complain_here(reader, "not NAME = value");
			return;
		}
	}
	end_option(reader);
}

int
assignments_read(struct tree *tree, const char *text, size_t length,
    const struct assignments_format *format, struct complaints *complaints)
{
	struct reader reader = { .tree = tree, .format = format,
		.complaints = complaints, .text = text, .end = text + length,
		.line = 1 };
	struct place whole = { 0 };
	unsigned before = complaints->count;

	memset(tree, 0, sizeof(*tree));
	tree_add(tree, mem_dup(""), 0, &whole)->kind = NODE_MAP;
	for (size_t i = 0, bytes = 0; i < length; i += bytes) {
		bytes = text_utf8(text + i, length - i);
		if (bytes == 0 || text[i] == '\0') {
			complain(complaints, &whole,
			    "bytes that are no UTF-8 text");
			return -1;
		}
	}
	while (reader.text < reader.end) {
		/* A comment of systemd. */
		if (*reader.text == ';')
			skip_line(&reader);
		take_line(&reader);
		if (reader.text < reader.end && *reader.text == '\n')
			reader.text++;
		reader.line++;
	}
	tree->nodes[0].span = tree->count;
	free(reader.word);
	return complaints->count > before ? -1 : 0;
}
