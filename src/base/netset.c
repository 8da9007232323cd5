/*
 * netset.c -- a set of networks: is an address in any of them?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks are sorted by first address, and those within another are
 * dropped: what is left does not overlap, so that one binary search answers.
 */
#include "base/netset.h"

#include "base/list_file.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct netset {
	struct addr *networks;
	size_t count;
	size_t room;
};

struct netset *
netset_new(void)
{
	return mem_new(1, sizeof(struct netset));
}

void
netset_free(struct netset *set)
{
	if (set == NULL)
		return;
	free(set->networks);
	free(set);
}

void
netset_add(struct netset *set, const struct addr *network)
{
	if (set->count == set->room) {
		set->room = set->room == 0 ? 16 : set->room * 2;
		set->networks = mem_grow(set->networks, set->room,
		    sizeof(*set->networks));
	}
	set->networks[set->count++] = *network;
}

void
netset_seal(struct netset *set)
{
	size_t kept = 0;

	if (set->count == 0)
		return;
	/* A wider network sorts before what it holds. */
	qsort(set->networks, set->count, sizeof(*set->networks), addr_compare);
	for (size_t i = 1; i < set->count; i++) {
		if (addr_within(&set->networks[i], &set->networks[kept]))
			continue;
		set->networks[++kept] = set->networks[i];
	}
	set->count = kept + 1;
}

bool
netset_has(const struct netset *set, const struct addr *addr)
{
	size_t low = 0;
	size_t high = set->count;

	/* Find the last network that does not sort after addr. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&set->networks[middle], addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && addr_within(addr, &set->networks[low - 1]);
}

size_t
netset_count(const struct netset *set)
{
	return set->count;
}

static const char *
take(void *opaque, const char *word)
{
	struct addr network;

	if (addr_parse(word, &network) != 0)
		return "is not a network; write 192.0.2.0/24 or 2001:db8::/32";
	netset_add(opaque, &network);
	return NULL;
}

int
netset_load(struct netset *set, const char *path, char *error, size_t size)
{
	return list_file_read(path, take, set, error, size);
}
