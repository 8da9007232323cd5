/*
 * blocked.c -- accounts known to be blocked, for when the store is away.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buckets of a few entries: a look-up reads one bucket, an entry is taken over
 * by a single store of its hash. A reader that meets a writer sees the entry
 * before or after, or, for a moment, one account's hash with another's end:
 * both are blocks.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, getrandom */
#include "store/blocked.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/random.h>

enum { WAYS = 8, BUCKETS = BLOCKED_MAX / WAYS };

struct entry {
	_Atomic uint64_t hash;		/* 0: free */
	_Atomic int64_t until_ms;	/* INT64_MAX: until unblocked */
	_Atomic uint32_t round;		/* in which it was added */
};

struct blocked {
	uint64_t secret;
	_Atomic uint32_t round, changes;
	struct entry entries[BUCKETS][WAYS];
};

struct blocked *
blocked_open(void)
{
	struct blocked *blocked = mmap(NULL, sizeof(*blocked),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (blocked == MAP_FAILED)
		return NULL;
	if (getrandom(&blocked->secret, sizeof(blocked->secret),
		GRND_NONBLOCK) != (ssize_t)sizeof(blocked->secret))
		blocked->secret = (uint64_t)clock_mono_us();
	return blocked;
}

void
blocked_close(struct blocked *blocked)
{
	if (blocked != NULL)
		munmap(blocked, sizeof(*blocked));
}

/* Bits of every byte reach all of the word (the finalizer of splitmix64). */
static uint64_t
mix(uint64_t h)
{
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

static uint64_t
hash_of(const struct blocked *blocked, const char *account)
{
	uint64_t h = blocked->secret;

	for (; *account != '\0'; account++)
		h = mix(h ^ (unsigned char)*account);
	return h != 0 ? h : 1;
}

static struct entry *
find(const struct blocked *blocked, uint64_t hash)
{
	/* Readers get a const table; its entries are atomic. */
	struct entry *bucket =
	    ((struct blocked *)(uintptr_t)blocked)->entries[hash % BUCKETS];

	for (int i = 0; i < WAYS; i++)
		if (atomic_load_explicit(&bucket[i].hash,
			memory_order_acquire) == hash)
			return &bucket[i];
	return NULL;
}

/* A free entry, or the one that was added longest ago. */
static struct entry *
make_room(struct blocked *blocked, uint64_t hash)
{
	struct entry *bucket = blocked->entries[hash % BUCKETS];
	struct entry *oldest = &bucket[0];

	for (int i = 0; i < WAYS; i++) {
		if (atomic_load(&bucket[i].hash) == 0)
			return &bucket[i];
		if (atomic_load(&bucket[i].round) <
		    atomic_load(&oldest->round))
			oldest = &bucket[i];
	}
	return oldest;
}

static void
note_change(struct blocked *blocked)
{
	atomic_fetch_add_explicit(&blocked->changes, 1, memory_order_relaxed);
}

static void
add(struct blocked *blocked, uint64_t hash, int64_t until_ms)
{
	struct entry *entry = find(blocked, hash);

	if (entry == NULL || atomic_load(&entry->until_ms) != until_ms)
		note_change(blocked);
	if (entry == NULL)
		entry = make_room(blocked, hash);
	atomic_store(&entry->until_ms, until_ms);
	atomic_store(&entry->round, atomic_load(&blocked->round));
	atomic_store_explicit(&entry->hash, hash, memory_order_release);
}

void
blocked_add(struct blocked *blocked, const char *account, int64_t until_ms)
{
	add(blocked, hash_of(blocked, account),
	    until_ms == 0 ? INT64_MAX : until_ms);
}

void
blocked_remove(struct blocked *blocked, const char *account)
{
	struct entry *entry = find(blocked, hash_of(blocked, account));

	if (entry == NULL)
		return;
	atomic_store(&entry->hash, 0);
	note_change(blocked);
}

uint32_t
blocked_changes(const struct blocked *blocked)
{
	return atomic_load_explicit(&blocked->changes, memory_order_relaxed);
}

size_t
blocked_copy(const struct blocked *blocked, uint64_t *secret,
    struct blocked_entry entries[BLOCKED_MAX])
{
	/* As in find: to read is enough, but not allowed of const. */
	struct blocked *table = (struct blocked *)(uintptr_t)blocked;
	size_t count = 0;

	*secret = blocked->secret;
	for (int b = 0; b < BUCKETS; b++)
		for (int i = 0; i < WAYS; i++) {
			struct entry *entry = &table->entries[b][i];
			uint64_t hash = atomic_load(&entry->hash);

			if (hash != 0)
				entries[count++] = (struct blocked_entry){
					hash, atomic_load(&entry->until_ms)
				};
		}
	return count;
}

void
blocked_restore(struct blocked *blocked, uint64_t secret,
    const struct blocked_entry *entries, size_t count)
{
	blocked->secret = secret;
	for (size_t i = 0; i < count; i++)
		if (entries[i].hash != 0)
			add(blocked, entries[i].hash, entries[i].until_ms);
}

bool
blocked_has(const struct blocked *blocked, const char *account)
{
	struct entry *entry = find(blocked, hash_of(blocked, account));

	return entry != NULL &&
	    atomic_load(&entry->until_ms) > clock_wall_ms();
}

void
blocked_begin(struct blocked *blocked)
{
	atomic_fetch_add(&blocked->round, 1);
}

void
blocked_end(struct blocked *blocked)
{
	uint32_t round = atomic_load(&blocked->round);

	for (int b = 0; b < BUCKETS; b++)
		for (int i = 0; i < WAYS; i++) {
			struct entry *entry = &blocked->entries[b][i];

			if (atomic_load(&entry->hash) == 0 ||
			    atomic_load(&entry->round) == round)
				continue;
			atomic_store(&entry->hash, 0);
			note_change(blocked);
		}
}
