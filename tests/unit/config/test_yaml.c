/*
 * test_yaml.c -- YAML text to a tree of dotted keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/yaml.h"
#include "config/yaml_quote.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* Read it; what was complained of is the caller's. */
static int
read_text(struct tree *tree, const char *text, size_t length, char **errors)
{
	size_t size;
	struct complaints complaints = { .file = "f" };
	int result;

	complaints.out = open_memstream(errors, &size);
	result = yaml_read(tree, text, length, "", NULL, &complaints);
	fclose(complaints.out);
	ck_assert_int_eq(result, complaints.count == 0 ? 0 : -1);
	return result;
}

/* The nodes as "path kind value line:column span" lines. */
static char *
show(const struct tree *tree)
{
	static const char *const kinds[] = { "null", "text", "list", "map" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < tree->count; i++) {
		const struct node *n = &tree->nodes[i];

		fprintf(out, "%s|%s|%s|%s|%u:%u|%zu\n", n->path, n->name,
		    kinds[n->kind], n->value == NULL ? "" : n->value,
		    n->place.line, n->place.column, n->span);
	}
	fclose(out);
	return text;
}

static const struct {
	const char *text, *nodes;
} good[] = {
	{ "", "" },
	{ "# a comment\n", "" },
	{ "---", "||null||2:1|1\n" },
	{ "a: b", "||map||1:1|2\na|a|text|b|1:4|1\n" },
	{ "a:", "||map||1:1|2\na|a|null||1:1|1\n" },
	{ "a: ~\nb: 'null'",
	    "||map||1:1|3\na|a|null||1:1|1\nb|b|text|null|2:4|1\n" },
	{ "a:\n  b.c: [x, [y]]\n",
	    "||map||1:1|6\na|a|map||1:1|5\na.b.c|b.c|list||2:3|4\n"
	    "a.b.c[0]||text|x|2:9|1\na.b.c[1]||list||2:12|2\n"
	    "a.b.c[1][0]||text|y|2:13|1\n" },
	{ "[]", "||list||1:1|1\n" },
	{ "a: |\n  x\n  y\n", "||map||1:1|2\na|a|text|x\ny\n|1:4|1\n" },
};

START_TEST(trees)
{
	for (size_t i = 0; i < ROWS(good); i++) {
		struct tree tree;
		char *errors;
		char *nodes;

		ck_assert_msg(read_text(&tree, good[i].text,
				  strlen(good[i].text), &errors) == 0,
		    "%s: %s", good[i].text, errors);
		nodes = show(&tree);
		ck_assert_str_eq(nodes, good[i].nodes);
		free(nodes);
		free(errors);
		tree_clear(&tree);
	}
}
END_TEST

static const struct {
	const char *what, *text, *complaint;
} bad[] = {
	{ "a key twice", "a: 1\nb: 2\na: 3",
	    "f:3:1: a: found twice, first in line 1" },
	{ "a key in two ways", "a: {b: 1}\na.b: 2",
	    "f:2:1: a.b: found twice, first in line 1" },
	{ "an anchor", "a: &x 1", "f:1:4: anchors" },
	{ "an anchor on a map", "a: &x {b: 1}", "f:1:4: anchors" },
	{ "an anchor on a list", "a: &x [b]", "f:1:4: anchors" },
	{ "an alias", "a: *x", "f:1:4: anchors" },
	{ "a tag", "a: !!str 1", "f:1:4: tags" },
	{ "two documents", "a: 1\n---\nb: 2", "f:2:1: a second document" },
	{ "a tab", "a:\n\tb: 1", "f:2:1: found a tab" },
	{ "a tab behind blanks", "a:\n  b: 1\n \tc: 1", "f:3:2: found a tab" },
	{ "a NUL byte written", "a: \"\\0\"", "f:1:4: a NUL byte" },
	{ "a NUL byte in a key", "\"\\0\": 1", "f:1:1: a NUL byte" },
	{ "a list as key", "? [a]\n: 1", "f:1:3: a key must be a text" },
	{ "a list never closed", "a: [1", "f:2:1: not valid YAML" },
	{ "a quote never closed", "a: 'x", "f:1:6: not valid YAML" },
	{ "bad indentation", "a: 1\n b: 2", "f:2:3: not valid YAML" },
	{ "Latin-1", "a: 1\nb: \xe9t\xe9\n", "f:2:5: found bytes that are no" },
	{ "UTF-16", "\xff\xfe"
		    "a",
	    "f:1:1: found bytes that are no" },
	{ "a control character", "a: \x01", "f:1:4: found bytes that are no" },
	{ "nine levels", "[[[[[[[[[1]]]]]]]]]", "f:1:9: lists and maps are" },
};

START_TEST(complaints)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		const char *wanted = bad[i].complaint;
		struct tree tree;
		char *errors;

		ck_assert_msg(read_text(&tree, bad[i].text,
				  strlen(bad[i].text), &errors) == -1,
		    "taken: %s", bad[i].what);
		ck_assert_msg(strncmp(errors, wanted, strlen(wanted)) == 0,
		    "%s: %s", bad[i].what, errors);
		free(errors);
		tree_clear(&tree);
	}
}
END_TEST

START_TEST(every_double_is_reported)
{
	static const char text[] = "a: 1\na: 2\nb: {c: 1, c: 2}\na: 3\n";
	struct tree tree;
	char *errors;

	ck_assert_int_eq(read_text(&tree, text, strlen(text), &errors), -1);
	ck_assert_str_eq(errors,
	    "f:2:1: a: found twice, first in line 1; keep one of them\n"
	    "f:4:1: a: found twice, first in line 2; keep one of them\n"
	    "f:3:11: b.c: found twice, first in line 3; keep one of them\n");
	free(errors);
	tree_clear(&tree);
}
END_TEST

START_TEST(long_keys)
{
	char text[300];
	struct tree tree;
	char *errors;

	memset(text, 'k', sizeof(text));
	memcpy(text + 256, ": 1", 3);
	ck_assert_int_eq(read_text(&tree, text, 259, &errors), 0);
	free(errors);
	tree_clear(&tree);
	memset(text, 'k', sizeof(text));
	memcpy(text + 257, ": 1", 3);
	ck_assert_int_eq(read_text(&tree, text, 260, &errors), -1);
	ck_assert_str_eq(errors,
	    "f:1:1: a key of 257 bytes, at most 256 are allowed\n");
	free(errors);
	tree_clear(&tree);
}
END_TEST

START_TEST(children)
{
	static const char text[] = "a: [1, [2, 3], {b: 4}, 5]";
	const struct node *list;
	size_t count = 0;
	struct tree tree;
	char *errors;

	ck_assert_int_eq(read_text(&tree, text, strlen(text), &errors), 0);
	list = tree_first(&tree.nodes[0]);
	for (const struct node *n = tree_first(list); n != NULL;
	     n = tree_next(list, n))
		count++;
	ck_assert_uint_eq(count, 4);
	ck_assert_ptr_null(tree_next(&tree.nodes[0], list));
	ck_assert_ptr_null(tree_first(tree_first(list)));
	free(errors);
	tree_clear(&tree);
}
END_TEST

/* Every character that UTF-8 can have, one at a time, comes back. */
START_TEST(quotes)
{
	for (unsigned c = 1; c < 0x11000; c++) {
		char text[8];
		char *quoted;
		char *errors;
		size_t size;
		FILE *out = open_memstream(&quoted, &size);
		struct tree tree;

		if (c >= 0xd800 && c < 0xe000)
			c = 0xe000;
		if (c < 0x80)
			snprintf(text, sizeof(text), "%c", (int)c);
		else if (c < 0x800)
			snprintf(text, sizeof(text), "%c%c",
			    (int)(0xc0 | c >> 6), (int)(0x80 | (c & 0x3f)));
		else if (c < 0x10000)
			snprintf(text, sizeof(text), "%c%c%c",
			    (int)(0xe0 | c >> 12),
			    (int)(0x80 | (c >> 6 & 0x3f)),
			    (int)(0x80 | (c & 0x3f)));
		else
			snprintf(text, sizeof(text), "%c%c%c%c",
			    (int)(0xf0 | c >> 18),
			    (int)(0x80 | (c >> 12 & 0x3f)),
			    (int)(0x80 | (c >> 6 & 0x3f)),
			    (int)(0x80 | (c & 0x3f)));
		quote_write(out, text);
		fclose(out);
		ck_assert_ptr_null(strchr(quoted, '\n'));
		ck_assert_msg(read_text(&tree, quoted, size, &errors) == 0,
		    "U+%04X: %s", c, errors);
		ck_assert_msg(strcmp(tree.nodes[0].value, text) == 0,
		    "U+%04X", c);
		free(quoted);
		free(errors);
		tree_clear(&tree);
	}
}
END_TEST

UNIT("config/yaml", trees, complaints, every_double_is_reported, long_keys,
    children, quotes)
