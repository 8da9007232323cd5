/*
 * spelling.h -- names of keys: find them, and what a wrong one was meant to be.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_SPELLING_H
#define CONFIG_SPELLING_H

#include "config/keys.h"

enum { KEYS_NAME_SIZE = 48, KEYS_VARIABLE_SIZE = 64 };

/* The row of a dotted key, or NULL. */
const struct key *spelling_find(const char *key);

/* Is it the name of a section, "limits" or "limits.home"? */
bool spelling_is_section(const char *name);

/* Write the key or section that was probably meant to nearest and return it,
 * or NULL if none comes near. */
const char *spelling_nearest(const char *key, char nearest[KEYS_NAME_SIZE]);

/* Write the name of a key's environment variable; return it. */
const char *spelling_variable(const struct key *,
    char variable[KEYS_VARIABLE_SIZE]);

/* The row of an environment variable; NULL: it has none. If its name is all
 * but that of one, *nearest is the one's row, else NULL. */
const struct key *spelling_of_variable(const char *variable, size_t length,
    const struct key **nearest);

#endif
