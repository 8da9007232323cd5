/*
 * memory_entry.h -- an entry of the logins that passed; for memory*.c alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The word `count` of an entry is its lock-free heart: its turn (32 bits), how
 * many mails may pass yet (16) and how many are held (16). Whoever changes the
 * entry changes the turn; a mail passes by an exchange that fails if the turn
 * is another one than that whose words were read. While the turn is odd the
 * entry is being written, and tells since when instead of what may pass: after
 * WRITING_UNITS its writer is taken for dead, and the next one goes on. What is
 * held stays all the while: `login` says whose it is.
 */
#ifndef STORE_MEMORY_ENTRY_H
#define STORE_MEMORY_ENTRY_H

#include "base/clock.h"
#include "base/siphash.h"
#include "store/memory.h"

#include <stdatomic.h>

enum {
	BUCKETS = 8192,
	WAYS = 8,
	/* Without news for so long nothing is believed. */
	HEARING_MS = 1000,
	/* Mails that nobody came for are lost after that. */
	ABANDONED_MS = 3600000,
	TRIES = 4,
	/* Mails that one login sends at the same time. */
	MAILS = 32,
	/* How long an entry may be written, of TIME_UNIT_MS. */
	TIME_UNIT_MS = 64,
	WRITING_UNITS = 32,
};

struct entry {
	_Atomic uint64_t count;
	_Atomic uint64_t login;		/* whose mails are held; 0: nobody's */
	_Atomic uint64_t seal;		/* of the login and what follows */
	_Atomic int64_t until_ms;	/* monotonic; * 2, + 1 with rates */
	_Atomic uint64_t stamp;
	_Atomic uint64_t rated;		/* the mail that a rate counted last */
	_Atomic uint32_t mails[MAILS];	/* that were counted lately ... */
	_Atomic uint32_t newest;	/* ... by turns */
	_Atomic int64_t last_ms;	/* when a mail was held last */
};

struct bucket {
	_Atomic uint32_t forgets;
	struct entry entries[WAYS];
};

struct memory {
	struct siphash_key key;
	_Atomic uint32_t forgets;	/* of all */
	_Atomic int64_t heard_ms;	/* monotonic */
	_Atomic int64_t offset_ms;	/* store's clock - monotonic */
	struct bucket buckets[BUCKETS];
};

static inline uint32_t
turn_of(uint64_t count)
{
	return (uint32_t)(count >> 32);
}

static inline uint16_t
left_of(uint64_t count)
{
	return (uint16_t)(count >> 16);
}

static inline uint16_t
held_of(uint64_t count)
{
	return (uint16_t)count;
}

static inline uint64_t
make_count(uint32_t turn, uint16_t left, uint16_t held)
{
	return (uint64_t)turn << 32 | (uint64_t)left << 16 | held;
}

static inline uint16_t
time_unit(void)
{
	return (uint16_t)(clock_mono_ms() / TIME_UNIT_MS);
}

static inline bool
is_written(uint64_t count)
{
	return turn_of(count) % 2 != 0;
}

/* Is its writer alive? */
static inline bool
is_being_written(uint64_t count)
{
	return is_written(count) &&
	    (uint16_t)(time_unit() - left_of(count)) <= WRITING_UNITS;
}

static inline uint64_t
seal_of(uint64_t login, int64_t until_ms, uint64_t stamp)
{
	uint64_t h = login ^ (uint64_t)until_ms * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ stamp ^ h >> 29) * UINT64_C(0x94d049bb133111eb);
	return (h ^ h >> 31) | 1;
}

static inline struct bucket *
bucket_of(const struct memory *memory, uint64_t account)
{
	/* To read is enough mostly; its words are atomic. */
	return &((struct memory *)(uintptr_t)memory)
	    ->buckets[account % BUCKETS];
}

static inline struct entry *
find(const struct memory *memory, const struct memory_key *key)
{
	struct bucket *bucket = bucket_of(memory, key->account);

	for (int i = 0; i < WAYS; i++)
		if (atomic_load(&bucket->entries[i].login) == key->login)
			return &bucket->entries[i];
	return NULL;
}

/* A mail by 32 bits of its instance's hash: of some millions one is taken for
 * another that came at the same time. 0: it has none. */
static inline uint32_t
mark_of(uint64_t instance)
{
	return instance == 0 ? 0 :
	    (uint32_t)(instance * UINT64_C(0x9e3779b97f4a7c15) >> 32) | 1;
}

/* Was the mail counted a moment ago? */
static inline bool
has_mail(struct entry *entry, uint64_t instance)
{
	uint32_t mark = mark_of(instance);

	for (int i = 0; i < MAILS && mark != 0; i++)
		if (atomic_load_explicit(&entry->mails[i],
			memory_order_relaxed) == mark)
			return true;
	return false;
}

static inline void
add_mail(struct entry *entry, uint64_t instance)
{
	if (instance != 0 && !has_mail(entry, instance))
		atomic_store(&entry->mails[atomic_fetch_add(&entry->newest,
		    1) % MAILS], mark_of(instance));
}

#endif
