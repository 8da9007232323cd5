/*
 * memory_keep.c -- logins that passed: their entries made, and emptied.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/memory_entry.h"

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
