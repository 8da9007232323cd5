/*
 * ini.h -- a file of [sections] and "key = value" lines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_INI_H
#define IMPORT_INI_H

#include "config/tree.h"

/*
 * Read a text into a map of texts "section.key", keys in lower case. "key:
 * value" will do, a line that begins with # or ; is a comment, one that begins
 * with white space goes on with the value before it. Every error is complained
 * of; return 0, or -1 if there was any. The tree is to be cleared in any case.
 */
int ini_read(struct tree *, const char *text, size_t length,
    struct complaints *);

#endif
