/*
 * recent_accounts.c -- accounts as they were saved last, in memory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "store/recent_accounts.h"

#include "base/siphash.h"
#include "store/account_state.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum {
	BUCKETS = 1024,
	WAYS = 8,
	/* Of 8 bytes, in a slot: the head, and the state. */
	WORDS = 252,
	HEAD_WORDS = 3,
	STATE_BYTES = (WORDS - HEAD_WORDS) * 8,
};

/* The head's words. */
enum { HEAD_LENGTH, HEAD_OVERRIDES, HEAD_AT };

struct slot {
	_Atomic uint64_t account;	/* its hash; 0: free */
	_Atomic uint64_t sum;		/* of the content and the account */
	_Atomic uint64_t used;		/* when it was asked for last */
	_Atomic int64_t version;
	_Atomic uint64_t words[WORDS];
};

struct recent {
	struct siphash_key key;
	_Atomic uint64_t clock;
	struct slot slots[BUCKETS][WAYS];
};

struct recent *
recent_open(void)
{
	struct recent *recent = mmap(NULL, sizeof(*recent),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (recent == MAP_FAILED)
		return NULL;
	siphash_key_make(&recent->key);
	return recent;
}

void
recent_close(struct recent *recent)
{
	if (recent != NULL)
		munmap(recent, sizeof(*recent));
}

static uint64_t
hash_of(const struct recent *recent, const char *account)
{
	uint64_t hash = siphash(&recent->key, account, strlen(account));

	return hash != 0 ? hash : 1;
}

/* Every bit of it depends on every word (the steps of splitmix64). */
static uint64_t
sum_of(uint64_t account, const uint64_t *words, size_t count)
{
	uint64_t sum = account ^ count;

	for (size_t i = 0; i < count; i++) {
		sum = (sum ^ words[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		sum ^= sum >> 29;
	}
	return sum * UINT64_C(0x94d049bb133111eb) | 1;
}

static struct slot *
find(struct recent *recent, uint64_t account)
{
	struct slot *bucket = recent->slots[account % BUCKETS];

	for (int i = 0; i < WAYS; i++)
		if (atomic_load_explicit(&bucket[i].account,
			memory_order_acquire) == account)
			return &bucket[i];
	return NULL;
}

/* A free slot, or the one that was asked for longest ago. */
static struct slot *
make_room(struct recent *recent, uint64_t account)
{
	struct slot *bucket = recent->slots[account % BUCKETS];
	struct slot *oldest = &bucket[0];

	for (int i = 0; i < WAYS; i++) {
		if (atomic_load(&bucket[i].account) == 0)
			return &bucket[i];
		if (atomic_load(&bucket[i].used) < atomic_load(&oldest->used))
			oldest = &bucket[i];
	}
	return oldest;
}

static void
touch(struct recent *recent, struct slot *slot)
{
	atomic_store_explicit(&slot->used,
	    atomic_fetch_add_explicit(&recent->clock, 1,
		memory_order_relaxed) + 1, memory_order_relaxed);
}

/* How many are used with so many bytes of a state. */
static size_t
words_of(uint64_t length)
{
	return HEAD_WORDS + (length + 7) / 8;
}

bool
recent_find(struct recent *recent, const char *account,
    struct account_state *state, int64_t *overrides, int64_t *at_ms)
{
	uint64_t hash = hash_of(recent, account);
	struct slot *slot = find(recent, hash);
	uint64_t words[WORDS];
	uint64_t sum;
	size_t count;

	if (slot == NULL)
		return false;
	sum = atomic_load_explicit(&slot->sum, memory_order_acquire);
	words[HEAD_LENGTH] = atomic_load_explicit(&slot->words[HEAD_LENGTH],
	    memory_order_relaxed);
	if (words[HEAD_LENGTH] > STATE_BYTES)
		return false;
	count = words_of(words[HEAD_LENGTH]);
	for (size_t i = 1; i < count; i++)
		words[i] = atomic_load_explicit(&slot->words[i],
		    memory_order_relaxed);
	if (sum != sum_of(hash, words, count))
		return false;
	state_unpack(state, (uint8_t *)(words + HEAD_WORDS));
	*overrides = (int64_t)words[HEAD_OVERRIDES];
	*at_ms = (int64_t)words[HEAD_AT];
	touch(recent, slot);
	return true;
}

void
recent_keep(struct recent *recent, const char *account,
    const struct account_state *state, int64_t overrides, int64_t at_ms)
{
	uint64_t hash = hash_of(recent, account);
	uint64_t words[WORDS];
	size_t length = state_pack(state, (uint8_t *)(words + HEAD_WORDS),
	    STATE_BYTES);
	size_t count = words_of(length);
	struct slot *slot = find(recent, hash);

	if (length == 0) {
		recent_drop(recent, account, 0);
		return;
	}
	memset((uint8_t *)(words + HEAD_WORDS) + length, 0, -length % 8);
	words[HEAD_LENGTH] = length;
	words[HEAD_OVERRIDES] = (uint64_t)overrides;
	words[HEAD_AT] = (uint64_t)at_ms;
	if (slot == NULL)
		slot = make_room(recent, hash);
	atomic_store(&slot->sum, 0);
	atomic_store(&slot->account, hash);
	atomic_store(&slot->version, state->version);
	for (size_t i = 0; i < count; i++)
		atomic_store_explicit(&slot->words[i], words[i],
		    memory_order_relaxed);
	atomic_store_explicit(&slot->sum, sum_of(hash, words, count),
	    memory_order_release);
	touch(recent, slot);
}

void
recent_drop(struct recent *recent, const char *account, int64_t version)
{
	struct slot *slot = find(recent, hash_of(recent, account));

	if (slot != NULL &&
	    (version == 0 || atomic_load(&slot->version) == version))
		atomic_store(&slot->sum, 0);
}
