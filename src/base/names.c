/*
 * names.c -- a set of names, each with a number: found in constant time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open addressing over a table that is at most half full.
 */
#include "base/names.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char *name; /* NULL: free */
	size_t number;
};

struct names {
	struct entry *entries;
	size_t room; /* a power of two, or 0 */
	size_t count;
};

struct names *
names_new(void)
{
	return mem_new(1, sizeof(struct names));
}

void
names_free(struct names *names)
{
	if (names == NULL)
		return;
	for (size_t i = 0; i < names->room; i++)
		free(names->entries[i].name);
	free(names->entries);
	free(names);
}

/* FNV-1a: the names are the administrator's, nobody makes them collide. */
static size_t
hash(const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32);
}

/* Where the name is, or would be. */
static struct entry *
place(const struct names *names, const char *name)
{
	size_t i = hash(name) & (names->room - 1);

	while (names->entries[i].name != NULL &&
	    strcmp(names->entries[i].name, name) != 0)
		i = (i + 1) & (names->room - 1);
	return &names->entries[i];
}

static void
grow(struct names *names)
{
	struct names old = *names;

	names->room = old.room == 0 ? 16 : old.room * 2;
	names->entries = mem_new(names->room, sizeof(*names->entries));
	for (size_t i = 0; i < old.room; i++)
		if (old.entries[i].name != NULL)
			*place(names, old.entries[i].name) = old.entries[i];
	free(old.entries);
}

void
names_add(struct names *names, const char *name, size_t number)
{
	struct entry *entry;

	if (names->count * 2 >= names->room)
		grow(names);
	entry = place(names, name);
	if (entry->name != NULL)
		return;
	entry->name = mem_dup(name);
	entry->number = number;
	names->count++;
}

long
names_find(const struct names *names, const char *name)
{
	const struct entry *entry;

	if (names->count == 0)
		return NAMES_NONE;
	entry = place(names, name);
	return entry->name == NULL ? NAMES_NONE : (long)entry->number;
}
