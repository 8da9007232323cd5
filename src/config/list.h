/*
 * list.h -- a value that is a list of texts: read, checked and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every list but rates.rules and overrides, whose items have fields (rate_rules.h,
 * overrides.h). The map http.users is a list of "name:hash".
 */
#ifndef CONFIG_LIST_H
#define CONFIG_LIST_H

#include "config/value.h"

/* Add one item; return 0, or -1 and change nothing if it is not allowed. */
int list_add(const struct key *, struct config *, const char *item);

size_t list_count(const struct key *, const struct config *);

/* The text of item i, such that list_add takes it; hashes are masked. The
 * caller frees it. */
char *list_text(const struct key *, const struct config *, size_t i);

/* Write what an item can be, "a network such as ..."; return it. */
const char *list_allowed(const struct key *,
    char allowed[VALUE_ALLOWED_SIZE]);

/* Free all items: the list is empty then. */
void list_clear(const struct key *, struct config *);

#endif
