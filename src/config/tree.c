/*
 * tree.c -- a configuration as a flat list of dotted keys with their places.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/tree.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct node *
tree_add(
    struct tree *tree, char *path, size_t name_at, const struct place *place)
{
	struct node *node;

	/* In powers of two: the list may be long. */
	if ((tree->count & (tree->count - 1)) == 0)
		tree->nodes = mem_grow(tree->nodes,
		    tree->count == 0 ? 1 : tree->count * 2,
		    sizeof(*tree->nodes));
	node = &tree->nodes[tree->count++];
	memset(node, 0, sizeof(*node));
	node->path = path;
	node->name = path + name_at;
	node->span = 1;
	node->place = *place;
	node->key = *place;
	return node;
}

void
tree_split(struct tree *tree, const char *text, const char *root,
    const struct place *place)
{
	static const char blank[] = " \t\r\n";

	memset(tree, 0, sizeof(*tree));
	tree_add(tree, mem_dup(root), 0, place)->kind = NODE_LIST;
	for (size_t i = 0; *text != '\0'; i++) {
		size_t length = strcspn(text, ",");
		const char *next = text + length + (text[length] == ',');
		size_t skip = strspn(text, blank);
		struct node *node;
		char *path;

		skip = skip < length ? skip : length;
		text += skip;
		length -= skip;
		while (length > 0 && strchr(blank, text[length - 1]) != NULL)
			length--;
		path = mem_printf("%s[%zu]", root, i);
		node = tree_add(tree, path, strlen(path), place);
		node->kind = NODE_TEXT;
		node->value = mem_dup_n(text, length);
		text = next;
	}
	tree->nodes[0].span = tree->count;
}

static int
by_path(const void *a, const void *b)
{
	const struct node *const *x = a;
	const struct node *const *y = b;
	int order = strcmp((*x)->path, (*y)->path);

	/* Of two that are equal the one written first comes first. */
	return order != 0 ? order : (*x > *y) - (*x < *y);
}

int
tree_check(const struct tree *tree, struct complaints *complaints)
{
	const struct node **sorted = mem_new(tree->count, sizeof(*sorted));
	int result = 0;

	for (size_t i = 0; i < tree->count; i++)
		sorted[i] = &tree->nodes[i];
	qsort(sorted, tree->count, sizeof(*sorted), by_path);
	for (size_t i = 1; i < tree->count; i++) {
		if (strcmp(sorted[i]->path, sorted[i - 1]->path) != 0)
			continue;
		complain(complaints, &sorted[i]->key,
		    "%s: found twice, first in line %u; keep one of them",
		    sorted[i]->path, sorted[i - 1]->key.line);
		result = -1;
	}
	free(sorted);
	return result;
}

void
tree_clear(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		free(tree->nodes[i].path);
		free(tree->nodes[i].value);
	}
	free(tree->nodes);
	memset(tree, 0, sizeof(*tree));
}

const struct node *
tree_first(const struct node *parent)
{
	return parent->span > 1 ? parent + 1 : NULL;
}

const struct node *
tree_next(const struct node *parent, const struct node *child)
{
	const struct node *next = child + child->span;

	return next < parent + parent->span ? next : NULL;
}

void
tree_complain(const struct node *node, struct complaints *complaints,
    const char *shown, const char *allowed)
{
	static const char *const kinds[] = {
		[NODE_NULL] = "nothing",
		[NODE_LIST] = "a list",
		[NODE_MAP] = "a map",
	};

	if (node->kind == NODE_TEXT)
		complain_quoting(complaints, &node->place, node->path,
		    shown != NULL ? shown : node->value, allowed);
	else
		complain(complaints, &node->place,
		    "%s: found %s, allowed is %s", node->path,
		    kinds[node->kind], allowed);
}
