/*
 * memory.c -- logins that passed a moment ago, and may pass again unasked.
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
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "store/memory.h"

#include "base/clock.h"
#include "base/siphash.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum {
	BUCKETS = 8192,
	WAYS = 8,
	/* Without news for so long nothing is believed. */
	HEARING_MS = 1000,
	/* Mails that nobody came for are lost after that. */
	ABANDONED_MS = 3600000,
	TRIES = 4,
	/* Mails that one login sends at the same time. */
	MAILS = 8,
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
	_Atomic uint64_t mails[MAILS];	/* that were counted lately ... */
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

struct memory *
memory_open(void)
{
	struct memory *memory = mmap(NULL, sizeof(*memory),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	siphash_key_make(&memory->key);
	atomic_store(&memory->heard_ms, INT64_MIN / 2);
	return memory;
}

void
memory_close(struct memory *memory)
{
	if (memory != NULL)
		munmap(memory, sizeof(*memory));
}

/* --- words ----------------------------------------------------------------- */

static uint32_t
turn_of(uint64_t count)
{
	return (uint32_t)(count >> 32);
}

static uint16_t
left_of(uint64_t count)
{
	return (uint16_t)(count >> 16);
}

static uint16_t
held_of(uint64_t count)
{
	return (uint16_t)count;
}

static uint64_t
make_count(uint32_t turn, uint16_t left, uint16_t held)
{
	return (uint64_t)turn << 32 | (uint64_t)left << 16 | held;
}

static uint16_t
time_unit(void)
{
	return (uint16_t)(clock_mono_ms() / TIME_UNIT_MS);
}

static bool
is_written(uint64_t count)
{
	return turn_of(count) % 2 != 0;
}

/* Is its writer alive? */
static bool
is_being_written(uint64_t count)
{
	return is_written(count) &&
	    (uint16_t)(time_unit() - left_of(count)) <= WRITING_UNITS;
}

struct memory_key
memory_key(const struct memory *memory, uint64_t load, const char *account,
    const struct login *login)
{
	struct {
		uint64_t account, load;
		uint32_t asn;
		uint8_t network[16], bits, prefix;
		char country[2];
		uint8_t trust;
		uint8_t client[16];	/* if the network does not count */
	} all;
	struct memory_key key;

	memset(&all, 0, sizeof(all)); /* and what is between */
	key.account = siphash(&memory->key, account, strlen(account));
	all.account = key.account;
	all.load = load;
	all.asn = login->asn;
	memcpy(all.network, login->network.bytes, sizeof(all.network));
	all.bits = login->network.bits;
	all.prefix = login->network.prefix;
	memcpy(all.country, login->country, sizeof(all.country));
	all.trust = (uint8_t)login->trust;
	memcpy(all.client, login->client.bytes, sizeof(all.client));
	key.login = siphash(&memory->key, &all, sizeof(all)) | 1;
	return key;
}

static uint64_t
seal_of(uint64_t login, int64_t until_ms, uint64_t stamp)
{
	uint64_t h = login ^ (uint64_t)until_ms * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ stamp ^ h >> 29) * UINT64_C(0x94d049bb133111eb);
	return (h ^ h >> 31) | 1;
}

static struct bucket *
bucket_of(const struct memory *memory, uint64_t account)
{
	/* To read is enough mostly; its words are atomic. */
	return &((struct memory *)(uintptr_t)memory)
	    ->buckets[account % BUCKETS];
}

uint64_t
memory_stamp(const struct memory *memory, const struct memory_key *key)
{
	const struct bucket *bucket = bucket_of(memory, key->account);

	return (uint64_t)atomic_load(&((struct memory *)(uintptr_t)memory)
		->forgets) << 32 |
	    atomic_load(&((struct bucket *)(uintptr_t)bucket)->forgets);
}

static bool
is_sealed(const struct memory_key *key, struct entry *entry, int64_t *until_ms,
    uint64_t *stamp)
{
	*until_ms = atomic_load_explicit(&entry->until_ms,
	    memory_order_relaxed);
	*stamp = atomic_load_explicit(&entry->stamp, memory_order_relaxed);
	return atomic_load_explicit(&entry->seal, memory_order_relaxed) ==
	    seal_of(key->login, *until_ms, *stamp);
}

static struct entry *
find(const struct memory *memory, const struct memory_key *key)
{
	struct bucket *bucket = bucket_of(memory, key->account);

	for (int i = 0; i < WAYS; i++)
		if (atomic_load(&bucket->entries[i].login) == key->login)
			return &bucket->entries[i];
	return NULL;
}

/* --- passing --------------------------------------------------------------- */

bool
memory_is_heard(const struct memory *memory)
{
	return clock_mono_ms() - atomic_load(&((struct memory *)(uintptr_t)
		memory)->heard_ms) <= HEARING_MS;
}

/* Was the mail counted a moment ago? */
static bool
has_mail(struct entry *entry, uint64_t instance)
{
	for (int i = 0; i < MAILS && instance != 0; i++)
		if (atomic_load_explicit(&entry->mails[i],
			memory_order_relaxed) == instance)
			return true;
	return false;
}

static void
add_mail(struct entry *entry, uint64_t instance)
{
	if (instance != 0 && !has_mail(entry, instance))
		atomic_store(&entry->mails[atomic_fetch_add(&entry->newest,
		    1) % MAILS], instance);
}

/* May this mail pass by what the entry says? */
static bool
allows(const struct memory *memory, const struct memory_key *key,
    struct entry *entry, const struct memory_mail *mail)
{
	int64_t until_ms;
	uint64_t stamp;
	bool is_same = mail->instance != 0 &&
	    atomic_load(&entry->rated) == mail->instance;

	if (!is_sealed(key, entry, &until_ms, &stamp) ||
	    clock_mono_ms() >= until_ms / 2 ||
	    stamp != memory_stamp(memory, key))
		return false;
	return until_ms % 2 == 0 || !mail->is_rated ||
	    (mail->weighs_once && is_same);
}

/* The later of two times, whoever writes it meanwhile. */
static void
note_time(_Atomic int64_t *last_ms, int64_t now_ms)
{
	int64_t seen = atomic_load(last_ms);

	while (seen < now_ms &&
	    !atomic_compare_exchange_weak(last_ms, &seen, now_ms))
		continue;
}

static enum memory_answer
pass(struct memory *memory, const struct memory_key *key, struct entry *entry,
    const struct memory_mail *mail)
{
	uint64_t count = atomic_load(&entry->count);
	bool is_same = has_mail(entry, mail->instance);
	uint16_t held = held_of(count);

	if (is_written(count) || left_of(count) == 0 || held == UINT16_MAX ||
	    !allows(memory, key, entry, mail))
		return MEMORY_NOTHING;
	/* Before it is counted, so that who takes the count has its time. */
	note_time(&entry->last_ms, clock_mono_ms() +
	    atomic_load(&memory->offset_ms));
	if (!atomic_compare_exchange_strong(&entry->count, &count,
		make_count(turn_of(count), (uint16_t)(left_of(count) - 1),
		    (uint16_t)(held + !is_same))))
		return MEMORY_NOTHING;
	add_mail(entry, mail->instance);
	return held == 0 && !is_same ? MEMORY_PASS_FIRST : MEMORY_PASS;
}

enum memory_answer
memory_pass(struct memory *memory, const struct memory_key *key,
    const struct memory_mail *mail)
{
	struct entry *entry = find(memory, key);

	if (entry == NULL || (!mail->is_away && !memory_is_heard(memory)))
		return MEMORY_NOTHING;
	for (int i = 0; i < TRIES; i++) {
		enum memory_answer answer = pass(memory, key, entry, mail);

		if (answer != MEMORY_NOTHING)
			return answer;
		if (is_written(atomic_load(&entry->count)) ||
		    left_of(atomic_load(&entry->count)) == 0)
			break;
	}
	return MEMORY_NOTHING;
}

/* --- keeping --------------------------------------------------------------- */

/* May its mails be given up, if it has any? */
static bool
is_free(struct entry *entry)
{
	return atomic_load(&entry->login) == 0 ||
	    held_of(atomic_load(&entry->count)) == 0 ||
	    atomic_load(&entry->until_ms) / 2 <
	    clock_mono_ms() - ABANDONED_MS;
}

/* The entry of the login, or else one that is free; NULL: all have mails that
 * somebody will come for, or one is just becoming somebody's. */
static struct entry *
make_room(struct memory *memory, const struct memory_key *key)
{
	struct bucket *bucket = bucket_of(memory, key->account);
	struct entry *entry = find(memory, key);
	struct entry *found = NULL;

	if (entry != NULL)
		return entry;
	for (int i = 0; i < WAYS; i++) {
		entry = &bucket->entries[i];
		if (is_being_written(atomic_load(&entry->count)))
			return NULL;
		if (is_free(entry) && (found == NULL ||
			atomic_load(&entry->until_ms) <
			    atomic_load(&found->until_ms)))
			found = entry;
	}
	return found;
}

/* It is another login's. */
static void
clear(struct entry *entry)
{
	atomic_store(&entry->last_ms, 0);
	for (int i = 0; i < MAILS; i++)
		atomic_store(&entry->mails[i], 0);
}

/* Begin to write an entry; count is what it is then. Returns false if somebody
 * else is at it. */
static bool
begin_writing(struct entry *entry, const struct memory_key *key,
    uint64_t *count)
{
	uint64_t seen = atomic_load(&entry->count);
	bool is_mine = atomic_load(&entry->login) == key->login;
	uint32_t turn = (turn_of(seen) + 1) | 1;

	if (is_being_written(seen) || (!is_mine && !is_free(entry)))
		return false;
	/* Of another there was nothing, or nobody comes for it. */
	*count = make_count(turn, time_unit(), is_mine ? held_of(seen) : 0);
	return atomic_compare_exchange_strong(&entry->count, &seen, *count);
}

/* The writer is through, unless it was taken for dead. What is held may have
 * been taken meanwhile. Returns whether there is any. */
static bool
end_writing(struct entry *entry, uint64_t count, uint16_t mails)
{
	const uint32_t turn = turn_of(count);

	while (turn_of(count) == turn &&
	    !atomic_compare_exchange_weak(&entry->count, &count,
		make_count(turn + 1, mails, held_of(count))))
		continue;
	return held_of(count) > 0;
}

bool
memory_keep(struct memory *memory, const struct memory_key *key,
    const struct memory_grant *grant)
{
	struct entry *entry = make_room(memory, key);
	int64_t until_ms = grant->until_ms * 2 + grant->has_rates;
	uint64_t count;

	if (entry == NULL || !begin_writing(entry, key, &count))
		return false;
	atomic_store(&entry->seal, 0);
	if (atomic_load(&entry->login) != key->login) {
		clear(entry);
		atomic_store(&entry->login, key->login);
	}
	atomic_store(&entry->until_ms, until_ms);
	atomic_store(&entry->stamp, grant->stamp);
	atomic_store(&entry->rated, grant->is_rated ? grant->instance : 0);
	add_mail(entry, grant->instance);
	atomic_store(&entry->seal,
	    seal_of(key->login, until_ms, grant->stamp));
	return end_writing(entry, count, grant->mails);
}

/* Take what one entry holds of the login. */
static void
take(struct entry *entry, const struct memory_key *key, uint64_t instance,
    struct memory_taken *taken)
{
	uint64_t count;
	int64_t last_ms;

	if (atomic_load(&entry->login) != key->login)
		return;
	taken->has_it |= has_mail(entry, instance);
	count = atomic_load(&entry->count);
	do {
		if (held_of(count) == 0 ||
		    atomic_load(&entry->login) != key->login)
			return;
	} while (!atomic_compare_exchange_weak(&entry->count, &count,
	    make_count(turn_of(count), left_of(count), 0)));
	last_ms = atomic_load(&entry->last_ms);
	if (last_ms > taken->last_ms)
		taken->last_ms = last_ms;
	taken->mails += held_of(count);
}

uint32_t
memory_take(struct memory *memory, const struct memory_key *key,
    uint64_t instance, struct memory_taken *taken)
{
	struct bucket *bucket = bucket_of(memory, key->account);

	*taken = (struct memory_taken){ .mails = 0 };
	/* Two that wrote at one time may have made an entry each. */
	for (int i = 0; i < WAYS; i++)
		take(&bucket->entries[i], key, instance, taken);
	return taken->mails;
}

void
memory_forget(struct memory *memory, const char *account)
{
	struct bucket *bucket = bucket_of(memory,
	    siphash(&memory->key, account, strlen(account)));

	atomic_fetch_add(&bucket->forgets, 1);
}

void
memory_forget_all(struct memory *memory)
{
	atomic_fetch_add(&memory->forgets, 1);
}

void
memory_hear(struct memory *memory, int64_t now_ms)
{
	int64_t mono_ms = clock_mono_ms();

	atomic_store(&memory->offset_ms, now_ms - mono_ms);
	atomic_store(&memory->heard_ms, mono_ms);
}
