/*
 * yaml.h -- YAML text to a tree of dotted keys.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * YAML 1.1 by libyaml, without what a configuration has no use for: anchors,
 * aliases, tags, several documents, keys that are no text.
 */
#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include "config/tree.h"

/*
 * Read a text; root is the path of its outermost node, "" for a file. No text
 * at all gives no nodes. Every error is complained of; return 0, or -1 if
 * there was any. variable: where the text comes from, NULL for the file. The
 * tree is to be cleared in any case.
 */
int yaml_read(struct tree *, const char *text, size_t length, const char *root,
    const char *variable, struct complaints *);

#endif
