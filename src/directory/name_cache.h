/*
 * name_cache.h -- names that were looked up, and what they resolved to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hash table of bounded size; when it is full, the name that was not used
 * for the longest time gives way. Every operation is O(1). Entries never
 * vanish by age: who uses one decides by fresh_until_ms what it is worth.
 */
#ifndef DIRECTORY_NAME_CACHE_H
#define DIRECTORY_NAME_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;

enum cache_state {
	CACHE_EMPTY,	/* nothing is known yet */
	CACHE_FOUND,	/* value holds */
	CACHE_NONE,	/* there is no such name */
};

struct cache_entry {
	enum cache_state state;
	char *value;		/* if CACHE_FOUND, else NULL; the cache's */
	int64_t fresh_until_ms;	/* of the clock of whoever sets it */
	unsigned mark;		/* for whoever uses the cache; 0 at first */
	bool is_told;		/* the same; false at first */
};

/* A cache of up to capacity names, at least 1; cache_free(NULL) is safe. */
struct cache *cache_new(size_t capacity);
void cache_free(struct cache *);

/*
 * The entry of a name, or NULL; a CACHE_EMPTY one made if it is missing. Both
 * count as use. It is valid until the next cache_add or cache_free.
 */
struct cache_entry *cache_find(struct cache *, const char *name);
struct cache_entry *cache_add(struct cache *, const char *name);

/* Set state and value (copied; NULL unless CACHE_FOUND). */
void cache_set(struct cache_entry *, enum cache_state, const char *value,
    int64_t fresh_until_ms);

size_t cache_count(const struct cache *);

#endif
