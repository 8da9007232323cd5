/*
 * json_entries.h -- a long list in JSON, one entry after the other. Pure.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * {"data": [entry, entry, ...]}: as a whole it would take many times the
 * memory of its text. One value at a time is made of it, which has a limit;
 * what surrounds them is checked as it is passed.
 */
#ifndef ADMIN_JSON_ENTRIES_H
#define ADMIN_JSON_ENTRIES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Bytes of one value. */
enum { ENTRIES_VALUE_MAX = 65536, ENTRIES_WHY_SIZE = 160 };

struct entries {
	const char *at, *end;
	const char *key;
	bool has_begun, has_list, is_in_list, is_over;
	char why[ENTRIES_WHY_SIZE];	/* what is wrong, or "" */
};

/* Begin with the list that an object has under a key. The text is borrowed. */
void entries_begin(struct entries *, const char *text, size_t length,
    const char *key);

/*
 * The next entry, to be freed, or NULL: if why is "" that was all, and the
 * text was whole, else it says what is wrong.
 */
json_t *entries_next(struct entries *);

#endif
