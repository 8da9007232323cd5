/*
 * hash.h -- a number for a text, to find it by in a table of our own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not for what a stranger chooses while others wait: he could aim all he names
 * at one place.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
uint64_t hash_text(const char *);

#endif
