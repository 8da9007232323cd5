/*
 * yaml.c -- YAML text to a tree of dotted keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/yaml.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

enum {
	/* The deepest that means anything is overrides[0].home.countries[0]. */
	DEEPEST = 8,
	/* Paths are made of keys: short keys bound the memory they take. */
	LONGEST_KEY = 256,
};

/* A list or map that is being read. */
struct level {
	size_t node;
	size_t children;
	bool wants_value; /* of a map: the key was read */
	char *key;
	struct place place; /* of the key */
};

struct reader {
	yaml_parser_t parser;
	struct tree *tree;
	struct complaints *complaints;
	const char *text;
	size_t length;
	const char *root;
	const char *variable;
	bool has_document;
	int depth;
	struct level levels[DEEPEST];
};

static struct place
place_of(const struct reader *reader, const yaml_mark_t *mark)
{
	struct place place = { .variable = reader->variable };

	place.line = (unsigned)mark->line + 1;
	place.column = (unsigned)mark->column + 1;
	return place;
}

/* Is a text in no quotes nothing at all? (YAML 1.1, the type null) */
static bool
is_null(const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;

	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (*value == '\0' || strcmp(value, "~") == 0 ||
		   strcasecmp(value, "null") == 0);
}

/* A node for the value that comes next, with its path. */
static struct node *
begin_node(struct reader *reader, const yaml_event_t *event)
{
	struct tree *tree = reader->tree;
	struct place place = place_of(reader, &event->start_mark);
	struct level *level;
	struct node *node;
	const char *parent;
	char *path;

	if (reader->depth == 0)
		return tree_add(tree, mem_dup(reader->root), 0, &place);
	level = &reader->levels[reader->depth - 1];
	parent = tree->nodes[level->node].path;
	if (tree->nodes[level->node].kind == NODE_LIST) {
		path = mem_printf("%s[%zu]", parent, level->children++);
		return tree_add(tree, path, strlen(path), &place);
	}
	if (event->type != YAML_SCALAR_EVENT || is_null(event))
		place = level->place; /* the value may begin lines below */
	path = mem_printf(
	    "%s%s%s", parent, *parent == '\0' ? "" : ".", level->key);
	node = tree_add(tree, path, strlen(path) - strlen(level->key), &place);
	node->key = level->place;
	free(level->key);
	level->key = NULL;
	level->wants_value = false;
	return node;
}

static int
read_key(struct reader *reader, const yaml_event_t *event)
{
	struct level *level = &reader->levels[reader->depth - 1];
	size_t length = event->data.scalar.length;

	level->place = place_of(reader, &event->start_mark);
	if (length > LONGEST_KEY) {
		complain(reader->complaints, &level->place,
		    "a key of %zu bytes, at most %d are allowed", length,
		    LONGEST_KEY);
		return -1;
	}
	level->key = mem_dup((const char *)event->data.scalar.value);
	level->wants_value = true;
	return 0;
}

/* Is the next text a key? */
static bool
is_key(const struct reader *reader)
{
	const struct level *level;

	if (reader->depth == 0)
		return false;
	level = &reader->levels[reader->depth - 1];
	return reader->tree->nodes[level->node].kind == NODE_MAP &&
	       !level->wants_value;
}

static int
read_scalar(struct reader *reader, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	struct place place = place_of(reader, &event->start_mark);
	struct node *node;

	if (strlen(value) != event->data.scalar.length) {
		complain(reader->complaints, &place,
		    "a NUL byte (\\0) is not allowed in a text");
		return -1;
	}
	if (is_key(reader))
		return read_key(reader, event);
	node = begin_node(reader, event);
	if (is_null(event)) {
		node->kind = NODE_NULL;
		return 0;
	}
	node->kind = NODE_TEXT;
	node->value = mem_dup(value);
	return 0;
}

static int
begin_level(struct reader *reader, const yaml_event_t *event)
{
	struct place place = place_of(reader, &event->start_mark);
	struct level *level;
	struct node *node;

	if (is_key(reader)) {
		complain(reader->complaints, &place,
		    "a key must be a text, not a list or map");
		return -1;
	}
	if (reader->depth == DEEPEST) {
		complain(reader->complaints, &place,
		    "lists and maps are nested more than %d deep", DEEPEST);
		return -1;
	}
	node = begin_node(reader, event);
	node->kind =
	    event->type == YAML_MAPPING_START_EVENT ? NODE_MAP : NODE_LIST;
	level = &reader->levels[reader->depth++];
	memset(level, 0, sizeof(*level));
	level->node = (size_t)(node - reader->tree->nodes);
	return 0;
}

static void
end_level(struct reader *reader)
{
	struct level *level = &reader->levels[--reader->depth];
	struct tree *tree = reader->tree;

	tree->nodes[level->node].span = tree->count - level->node;
}

/* Refuse what a configuration has no use for. */
static int
check_plainness(struct reader *reader, const yaml_event_t *event)
{
	struct place place = place_of(reader, &event->start_mark);
	const yaml_char_t *anchor = NULL;
	const yaml_char_t *tag = NULL;

	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor != NULL || event->type == YAML_ALIAS_EVENT) {
		complain(reader->complaints, &place,
		    "anchors (&name) and aliases (*name) are not allowed; "
		    "a text that begins with & or * must be in quotes");
		return -1;
	}
	if (tag != NULL) {
		complain(reader->complaints, &place,
		    "tags (!name) are not allowed; "
		    "a text that begins with ! must be in quotes");
		return -1;
	}
	return 0;
}

/* Does the white space that begins this line hold a tab? */
static bool
has_tab(const struct reader *reader, size_t line)
{
	const char *end = reader->text + reader->length;
	const char *c = reader->text;

	for (; line > 0 && c != NULL && c < end; line--) {
		c = memchr(c, '\n', (size_t)(end - c));
		if (c != NULL)
			c++;
	}
	if (c == NULL)
		return false;
	while (c < end && *c == ' ')
		c++;
	return c < end && *c == '\t';
}

/* Bytes that are no text: the position is in bytes, the mark is not set. */
static void
complain_bytes(const struct reader *reader)
{
	size_t offset = reader->parser.problem_offset;
	struct place place = { .variable = reader->variable, .line = 1 };

	place.column = 1;
	for (size_t i = 0; i < offset && i < reader->length; i++) {
		place.column++;
		if (reader->text[i] == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	complain(reader->complaints, &place,
	    "found bytes that are no UTF-8 text: %s", reader->parser.problem);
}

static void
complain_syntax(const struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	struct place place = place_of(reader, &parser->problem_mark);
	const char *context = parser->context;

	if (parser->error == YAML_READER_ERROR)
		complain_bytes(reader);
	else if (has_tab(reader, parser->problem_mark.line))
		complain(reader->complaints, &place,
		    "found a tab; YAML is indented with spaces only");
	else
		complain(reader->complaints, &place,
		    "not valid YAML: %s%s%s; a text with any of : # , [ ] "
		    "{ } in it is best put in quotes",
		    context != NULL ? context : "",
		    context != NULL ? ", " : "",
		    parser->problem != NULL ? parser->problem : "no memory");
}

/* Take one event; 1: that was the last, -1: an error was complained of. */
static int
take_event(struct reader *reader, const yaml_event_t *event)
{
	struct place place = place_of(reader, &event->start_mark);

	if (check_plainness(reader, event) != 0)
		return -1;
	switch ((int)event->type) {
	case YAML_STREAM_END_EVENT:
		return 1;
	case YAML_DOCUMENT_START_EVENT:
		if (reader->has_document) {
			complain(reader->complaints, &place,
			    "a second document (---); only one is allowed");
			return -1;
		}
		reader->has_document = true;
		return 0;
	case YAML_SCALAR_EVENT:
		return read_scalar(reader, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return begin_level(reader, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		end_level(reader);
		return 0;
	default:
		return 0;
	}
}

int
yaml_read(struct tree *tree, const char *text, size_t length, const char *root,
    const char *variable, struct complaints *complaints)
{
	struct reader reader = { .tree = tree,
		.complaints = complaints,
		.text = text,
		.length = length,
		.root = root,
		.variable = variable };
	yaml_event_t event;
	int result = 0;

	memset(tree, 0, sizeof(*tree));
	if (yaml_parser_initialize(&reader.parser) == 0)
		return -1;
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &reader.parser, (const unsigned char *)text, length);
	while (result == 0) {
		if (yaml_parser_parse(&reader.parser, &event) == 0) {
			complain_syntax(&reader);
			result = -1;
			break;
		}
		result = take_event(&reader, &event);
		yaml_event_delete(&event);
	}
	for (int i = 0; i < reader.depth; i++)
		free(reader.levels[i].key);
	yaml_parser_delete(&reader.parser);
	if (result < 0)
		return -1;
	return tree_check(tree, complaints);
}
