/*
 * name_cache.c -- names that were looked up, and what they resolved to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "directory/name_cache.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Slot 0 is the head of the ring of use, and as the next in a chain its end. */
enum { HEAD = 0 };

struct slot {
	struct cache_entry entry;
	char *name;
	uint64_t hash;
	uint32_t chain;		/* the next in the bucket; HEAD: none */
	uint32_t newer, older;	/* in the ring of use */
};

struct cache {
	size_t capacity;
	size_t count;
	uint64_t seed;
	uint32_t mask;		/* buckets are a power of two */
	uint32_t *buckets;
	struct slot *slots;	/* capacity + 1 of them */
};

/*
 * Clients choose names. With a seed they do not know, they cannot aim them at
 * one bucket; and if they could, a chain is never longer than the capacity.
 */
static uint64_t
hash_name(const struct cache *cache, const char *name)
{
	uint64_t hash = cache->seed;

	for (; *name != '\0'; name++) {
		hash ^= (unsigned char)*name;
		hash *= UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash ^ hash >> 32;
}

static uint64_t
make_seed(const void *somewhere)
{
	uint64_t seed = (uint64_t)clock_mono_us();

	seed = seed * UINT64_C(6364136223846793005) + (uint64_t)getpid();
	return seed ^ (uint64_t)(uintptr_t)somewhere << 20;
}

struct cache *
cache_new(size_t capacity)
{
	struct cache *cache = mem_new(1, sizeof(*cache));
	size_t buckets = 1;

	assert(capacity > 0 && capacity < UINT32_MAX / 2);
	while (buckets < capacity)
		buckets *= 2;
	cache->capacity = capacity;
	cache->mask = (uint32_t)(buckets - 1);
	cache->buckets = mem_new(buckets, sizeof(*cache->buckets));
	cache->slots = mem_new(capacity + 1, sizeof(*cache->slots));
	cache->seed = make_seed(cache->slots);
	return cache;
}

void
cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 1; i <= cache->count; i++) {
		free(cache->slots[i].name);
		free(cache->slots[i].entry.value);
	}
	free(cache->slots);
	free(cache->buckets);
	free(cache);
}

static void
leave_ring(struct cache *cache, const struct slot *slot)
{
	cache->slots[slot->newer].older = slot->older;
	cache->slots[slot->older].newer = slot->newer;
}

/* Make it the most recently used. */
static void
enter_ring(struct cache *cache, uint32_t index)
{
	struct slot *slots = cache->slots;

	slots[index].newer = HEAD;
	slots[index].older = slots[HEAD].older;
	slots[slots[HEAD].older].newer = index;
	slots[HEAD].older = index;
}

static uint32_t
find_slot(const struct cache *cache, const char *name, uint64_t hash)
{
	uint32_t index = cache->buckets[hash & cache->mask];

	for (; index != HEAD; index = cache->slots[index].chain)
		if (cache->slots[index].hash == hash &&
		    strcmp(cache->slots[index].name, name) == 0)
			break;
	return index;
}

struct cache_entry *
cache_find(struct cache *cache, const char *name)
{
	uint32_t index = find_slot(cache, name, hash_name(cache, name));

	if (index == HEAD)
		return NULL;
	leave_ring(cache, &cache->slots[index]);
	enter_ring(cache, index);
	return &cache->slots[index].entry;
}

/* Empty the slot that was not used for the longest time. */
static uint32_t
evict(struct cache *cache)
{
	uint32_t index = cache->slots[HEAD].newer;
	struct slot *slot = &cache->slots[index];
	uint32_t *link = &cache->buckets[slot->hash & cache->mask];

	while (*link != index)
		link = &cache->slots[*link].chain;
	*link = slot->chain;
	leave_ring(cache, slot);
	free(slot->name);
	free(slot->entry.value);
	memset(slot, 0, sizeof(*slot));
	return index;
}

struct cache_entry *
cache_add(struct cache *cache, const char *name)
{
	struct cache_entry *entry = cache_find(cache, name);
	struct slot *slot;
	uint32_t index;
	uint32_t *bucket;

	if (entry != NULL)
		return entry;
	if (cache->count == cache->capacity)
		index = evict(cache);
	else
		index = (uint32_t)++cache->count;
	slot = &cache->slots[index];
	slot->name = mem_dup(name);
	slot->hash = hash_name(cache, name);
	bucket = &cache->buckets[slot->hash & cache->mask];
	slot->chain = *bucket;
	*bucket = index;
	enter_ring(cache, index);
	return &slot->entry;
}

void
cache_set(struct cache_entry *entry, enum cache_state state, const char *value,
    int64_t fresh_until_ms)
{
	char *copy = mem_dup(value); /* value may be the old one */

	assert((state == CACHE_FOUND) == (value != NULL));
	free(entry->value);
	entry->state = state;
	entry->value = copy;
	entry->fresh_until_ms = fresh_until_ms;
}

size_t
cache_count(const struct cache *cache)
{
	return cache->count;
}
