/*
 * hash.c -- a number for a text, to find it by in a table of our own.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/hash.h"

uint64_t
hash_text(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}
