/*
 * tree.h -- a configuration as a flat list of dotted keys with their places.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "overrides: [{account: a}]" becomes the nodes "" (a map), "overrides" (a
 * list), "overrides[0]" (a map) and "overrides[0].account" (a text): each
 * node comes before what it holds. Values stay the text that was written,
 * so that NO is Norway and 0660 is four digits.
 */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include "config/complain.h"

#include <stddef.h>

enum node_kind { NODE_NULL, NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	char *path;		/* dotted key from the root */
	const char *name;	/* the last part of it, as written */
	char *value;		/* of a text, else NULL */
	size_t span;		/* nodes it takes: it and all it holds */
	struct place place;	/* of the value */
	struct place key;	/* of the name; of a list's item as place */
};

struct tree {
	size_t count;
	struct node *nodes;
};

/* Add a node, of kind null, at the end. It takes over path, in which the name
 * begins at name_at. Pointers to nodes got before are void. */
struct node *tree_add(struct tree *, char *path, size_t name_at,
    const struct place *);

/* The list of the texts between the commas of "a, b"; "" gives none. */
void tree_split(struct tree *, const char *text, const char *root,
    const struct place *);

/* Complain of every key that is there twice; return 0, or -1 if any is. */
int tree_check(const struct tree *, struct complaints *);

void tree_clear(struct tree *);

/* Walk over what a node holds: the first child, then the next until NULL. */
const struct node *tree_first(const struct node *parent);
const struct node *tree_next(const struct node *parent,
    const struct node *child);

/* Complain `KEY: found "TEXT", allowed is ALLOWED`; shown, if not NULL, is
 * shown in place of the text. */
void tree_complain(const struct node *, struct complaints *, const char *shown,
    const char *allowed);

#endif
