/*
 * names.h -- a set of names, each with a number: found in constant time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stddef.h>

struct names;

/* An empty set; names_free(NULL) is safe. */
struct names *names_new(void);
void names_free(struct names *);

/* Add a name, copied. One that is there already keeps its first number. */
void names_add(struct names *, const char *name, size_t number);

enum { NAMES_NONE = -1 };

/* The number of a name, or NAMES_NONE. */
long names_find(const struct names *, const char *name);

#endif
