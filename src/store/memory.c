/*
 * memory.c -- logins that passed a moment ago, and may pass again unasked.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "store/memory_entry.h"

#include <string.h>
#include <sys/mman.h>

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

/* --- passing --------------------------------------------------------------- */

bool
memory_is_heard(const struct memory *memory)
{
	return clock_mono_ms() - atomic_load(&((struct memory *)(uintptr_t)
		memory)->heard_ms) <= HEARING_MS;
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
	bool is_held = !mail->is_owed && !has_mail(entry, mail->instance);
	uint16_t held = held_of(count);

	if (is_written(count) || left_of(count) == 0 || held == UINT16_MAX ||
	    !allows(memory, key, entry, mail))
		return MEMORY_NOTHING;
	/* Before it is counted, so that who takes the count has its time. */
	note_time(&entry->last_ms, clock_mono_ms() +
	    atomic_load(&memory->offset_ms));
	if (!atomic_compare_exchange_strong(&entry->count, &count,
		make_count(turn_of(count), (uint16_t)(left_of(count) - 1),
		    (uint16_t)(held + is_held))))
		return MEMORY_NOTHING;
	if (is_held)
		add_mail(entry, mail->instance);
	return held == 0 && is_held ? MEMORY_PASS_FIRST : MEMORY_PASS;
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
