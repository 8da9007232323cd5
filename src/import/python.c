/*
 * python.c -- a file of Python that sets names to literals.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By the Python Language Reference, 2 and 3: lexical analysis, literals and
 * displays.
 */
#include "import/python.h"

#include "base/mem.h"
#include "base/text.h"
#include "import/python_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32, WORD_SIZE = 64 };

static const char literals[] = "a literal: a string, a number, a list, a "
			       "tuple, a dict, True, False or None";

struct python {
	struct python_source source;
	const struct python_name *names;
	struct tree *tree;
	struct complaints *complaints;
	unsigned depth;	/* of brackets: line ends are blanks in them */
};

static int read_value(struct python *, char *path, size_t name_at,
    const struct place *key);

static int
refuse(struct python *python, const char *allowed)
{
	const char *at = python->source.at;
	int shown = (int)strcspn(at, " \t\r\n");

	complain(python->complaints, &python->source.place,
	    "found \"%.*s\", allowed is %s; Python beyond that is not run",
	    shown < 40 ? shown : 40, at, allowed);
	return -1;
}

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* --- values -------------------------------------------------------------- */

static void
set_text(struct node *node, char *value)
{
	node->kind = NODE_TEXT;
	node->value = value;
}

/* 10, 0660, 0o660, 1.5, -3, 60 * 60 */
static int
read_number(struct python *python, struct node *node)
{
	char word[WORD_SIZE];
	int64_t product = 1;
	unsigned factors = 0;

	for (;;) {
		size_t length = 0;
		const char *at = python->source.at;

		while (length < WORD_SIZE - 1 && (is_name(at[length]) ||
			at[length] == '.' || (length == 0 && at[0] == '-')))
			length++;
		memcpy(word, at, length);
		word[length] = '\0';
		if (length == 0 || strspn(word, "-.0123456789abcdefxoABCDEFXO")
			!= length)
			return refuse(python, "a number");
		python_skip(&python->source, length);
		python_blanks(&python->source, python->depth > 0);
		if (python->source.at[0] != '*' && factors++ == 0) {
			set_text(node, mem_dup(word));
			return 0;
		}
		factors++;
		if (text_parse_number(word, INT32_MAX) < 0 ||
		    product > INT32_MAX)
			return refuse(python, "a product of whole numbers");
		product *= text_parse_number(word, INT32_MAX);
		if (python->source.at[0] != '*') {
			set_text(node, mem_printf("%" PRId64, product));
			return 0;
		}
		python_skip(&python->source, 1);
		python_blanks(&python->source, python->depth > 0);
	}
}

/* True, None, const.SQLITE_DB */
static int
read_word(struct python *python, struct node *node)
{
	const struct python_source before = python->source;
	const char *word = python->source.at;
	size_t length;

	for (;;) {
		for (length = 0; is_name(word[length]);)
			length++;
		if (word[length] != '.' || !is_name(word[length + 1]))
			break;
		word += length + 1;
	}
	python_skip(&python->source, (size_t)(word - python->source.at) +
	    length);
	if (length == 4 && memcmp(word, "None", 4) == 0)
		return 0;
	if ((length == 4 && memcmp(word, "True", 4) == 0) ||
	    (length == 5 && memcmp(word, "False", 5) == 0)) {
		set_text(node, mem_dup(word[0] == 'T' ? "true" : "false"));
		return 0;
	}
	for (const struct python_name *n = python->names; n->name != NULL; n++)
		if (strlen(n->name) == length &&
		    memcmp(n->name, word, length) == 0) {
			set_text(node, mem_dup(n->value));
			return 0;
		}
	python->source = before;
	return refuse(python, literals);
}

/* --- lists and maps ------------------------------------------------------ */

/* A key of a dict, and the colon behind it; the caller's. NULL: refused. */
static char *
read_key(struct python *python)
{
	struct node node = { .kind = NODE_NULL };
	char next = python->source.at[0];
	char *text = NULL;

	if (python_is_text(python->source.at))
		text = python_text(&python->source, python->depth > 0);
	else if (isdigit((unsigned char)next) &&
	    read_number(python, &node) == 0)
		text = node.value;
	if (text == NULL) {
		refuse(python, "a string as key of a dict");
		return NULL;
	}
	python_blanks(&python->source, true);
	if (python->source.at[0] == ':') {
		python_skip(&python->source, 1);
		python_blanks(&python->source, true);
		return text;
	}
	free(text);
	refuse(python, "a dict, whose keys have values");
	return NULL;
}

/* One item between brackets, with its key if it is of a dict. */
static int
read_item(struct python *python, const char *parent, bool is_map, size_t number)
{
	struct place key = python->source.place;
	char *path, *name;
	size_t name_at;
	int result;

	if (!is_map) {
		path = mem_printf("%s[%zu]", parent, number);
		return read_value(python, path, strlen(path), &key);
	}
	name = read_key(python);
	if (name == NULL)
		return -1;
	path = mem_printf("%s.%s", parent, name);
	name_at = strlen(parent) + 1;
	result = read_value(python, path, name_at, &key);
	free(name);
	return result;
}

/* What stands in brackets. (x) is x and (x,) a tuple: which one it was is in
 * *is_one then. */
static int
read_items(struct python *python, const char *parent, char end, bool *is_one)
{
	size_t count = 0;

	*is_one = end == ')';
	if (++python->depth > DEPTH_MAX)
		return refuse(python, "no more than 32 brackets in each other");
	python_skip(&python->source, 1);
	for (;;) {
		python_blanks(&python->source, true);
		if (python->source.at[0] == end)
			break;
		if (read_item(python, parent, end == '}', count++) != 0)
			return -1;
		python_blanks(&python->source, true);
		if (python->source.at[0] == ',') {
			*is_one = false;
			python_skip(&python->source, 1);
		} else if (python->source.at[0] != end) {
			return refuse(python, "a comma, or the end of what the "
			    "bracket began");
		}
	}
	*is_one = *is_one && count == 1;
	python->depth--;
	python_skip(&python->source, 1);
	return 0;
}

/* (x) was read as a list of one: x takes its place. */
static void
unwrap(struct tree *tree, size_t at)
{
	struct node *outer = &tree->nodes[at];
	struct node *inner = outer + 1;

	outer->kind = inner->kind;
	outer->value = inner->value;
	outer->span = 1;
	free(inner->path);
	tree->count = at + 1;
}

static int
read_brackets(struct python *python, size_t at, const char *path, char end)
{
	bool is_one;
	struct node *node;

	python->tree->nodes[at].kind = end == '}' ? NODE_MAP : NODE_LIST;
	if (read_items(python, path, end, &is_one) != 0)
		return -1;
	node = &python->tree->nodes[at];
	node->span = python->tree->count - at;
	if (is_one && node->span == 2 && node[1].kind <= NODE_TEXT)
		unwrap(python->tree, at);
	else if (is_one)
		return refuse(python, "a tuple of one with its comma: (x,)");
	return 0;
}

/* Read what stands here into a node with this path, which becomes the tree's. */
static int
read_value(struct python *python, char *path, size_t name_at,
    const struct place *key)
{
	const char *at = python->source.at;
	size_t place = python->tree->count;
	struct node *node = tree_add(python->tree, path, name_at,
	    &python->source.place);
	const char *closing = strchr("[](){}", at[0]);
	char *text;

	node->key = *key;
	if (at[0] != '\0' && closing != NULL && strchr("[({", at[0]) != NULL)
		return read_brackets(python, place, path, closing[1]);
	if (python_is_text(at)) {
		text = python_text(&python->source, python->depth > 0);
		if (text == NULL)
			return refuse(python, "a string that ends, in UTF-8 "
			    "and without a zero byte");
		set_text(node, text);
		return 0;
	}
	if (isdigit((unsigned char)at[0]) || at[0] == '-' || at[0] == '.')
		return read_number(python, node);
	if (is_name(at[0]))
		return read_word(python, node);
	return refuse(python, literals);
}

/* --- the file ------------------------------------------------------------ */

/* NAME = LITERAL */
static int
read_assignment(struct python *python)
{
	const char *name = python->source.at;
	struct place key = python->source.place;
	size_t length = 0;
	char *path;

	while (is_name(name[length]))
		length++;
	if (length == 0 || isdigit((unsigned char)name[0]))
		return refuse(python, "NAME = LITERAL");
	path = mem_dup_n(name, length);
	python_skip(&python->source, length);
	python_blanks(&python->source, false);
	if (python->source.at[0] != '=' || python->source.at[1] == '=') {
		free(path);
		return refuse(python, "NAME = LITERAL");
	}
	python_skip(&python->source, 1);
	python_blanks(&python->source, false);
	if (read_value(python, path, 0, &key) != 0)
		return -1;
	python_blanks(&python->source, false);
	/* strchr finds the NUL at the end, too. */
	if (strchr("\n;", python->source.at[0]) == NULL)
		return refuse(python, "the end of the line");
	return 0;
}

/* "import x" and "from x import y" bring names that are known, or are not. */
static bool
is_import(const char *at)
{
	return strncmp(at, "import ", 7) == 0 || strncmp(at, "from ", 5) == 0;
}

int
python_read(struct tree *tree, const char *text, size_t length,
    const struct python_name *names, struct complaints *complaints)
{
	struct python python = { .names = names, .tree = tree,
		.complaints = complaints };
	char *copy = mem_dup_n(text, length);
	int result = 0;

	memset(tree, 0, sizeof(*tree));
	python.source = (struct python_source){ .at = copy,
		.place = { .line = 1, .column = 1 } };
	tree_add(tree, mem_dup(""), 0, &python.source.place)->kind = NODE_MAP;
	if (strlen(copy) != length || !text_is_utf8(copy)) {
		complain(complaints, &(struct place){ 0 },
		    "not a text in UTF-8");
		result = -1;
	}
	while (result == 0) {
		python_blanks(&python.source, true);
		if (python.source.at[0] == '\0')
			break;
		if (python.source.at[0] == ';')
			python_skip(&python.source, 1);
		else if (is_import(python.source.at))
			python_skip(&python.source,
			    strcspn(python.source.at, "\n"));
		else
			result = read_assignment(&python);
	}
	tree->nodes[0].span = tree->count;
	free(copy);
	return result == 0 ? tree_check(tree, complaints) : -1;
}
