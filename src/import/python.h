/*
 * python.h -- a file of Python that sets names to literals.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is run. Understood is NAME = LITERAL, where a literal is a string, a
 * number, a product of numbers, True, False, None, a list, a tuple, a dict, or
 * a name that is known; comments, and imports, which are passed over.
 */
#ifndef IMPORT_PYTHON_H
#define IMPORT_PYTHON_H

#include "config/tree.h"

/* A name that stands for a value: "SQLITE_DB", also as "const.SQLITE_DB". */
struct python_name {
	const char *name;	/* NULL behind the last */
	const char *value;
};

/*
 * Read a text into a map: lists and tuples are lists, True is "true". Every
 * error is complained of; return 0, or -1 if there was any. The tree is to be
 * cleared in any case.
 */
int python_read(struct tree *, const char *text, size_t length,
    const struct python_name *, struct complaints *);

#endif
