/*
 * noted_queue.c -- what workers note in passing, for the housekeeper to tell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A ring. Who writes takes a place by moving the head on, and says that it is
 * filled by the place's turn; so does nobody who dies in between, and after a
 * few looks the place is passed over. Who reads owns what he copied once he
 * has moved the tail on.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "store/noted_queue.h"

#include "base/clock.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum {
	/* Of what was noted lately; of two in one place one is forgotten. */
	QUIET_SLOTS = 8192,
	/* So often a place that is not filled is looked at again. */
	PATIENCE = 5,
	TIME_BITS = 24,
};

struct slot {
	_Atomic uint64_t turn;	/* its number in the queue, from 1, if filled */
	struct note note;
};

struct noted {
	_Atomic uint64_t head, tail;
	_Atomic unsigned waited;
	_Atomic uint64_t quiet[QUIET_SLOTS];	/* hash, and seconds */
	struct slot slots[NOTED_MAX];
};

struct noted *
noted_open(void)
{
	void *memory = mmap(NULL, sizeof(struct noted),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void
noted_close(struct noted *noted)
{
	if (noted != NULL)
		munmap(noted, sizeof(*noted));
}

/* FNV-1a */
static uint64_t
hash_on(uint64_t h, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		h = (h ^ at[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Was it noted a short while ago? If not, it is now. */
static bool
is_repeat(struct noted *noted, const struct note *note)
{
	const uint64_t time_mask = (UINT64_C(1) << TIME_BITS) - 1;
	uint64_t now_s = (uint64_t)(note->at_ms / 1000) & time_mask;
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)note->kind;
	_Atomic uint64_t *quiet;
	uint64_t before;

	h = hash_on(h, note->account, strlen(note->account));
	h = hash_on(h, note->network.bytes, note->network.bits / 8);
	h = hash_on(h, note->country, strlen(note->country));
	quiet = &noted->quiet[h % QUIET_SLOTS];
	before = atomic_load_explicit(quiet, memory_order_relaxed);
	if ((before & ~time_mask) == (h & ~time_mask) &&
	    ((now_s - before) & time_mask) < NOTE_QUIET_S)
		return true;
	atomic_store_explicit(quiet, (h & ~time_mask) | now_s,
	    memory_order_relaxed);
	return false;
}

void
noted_add(struct noted *noted, const struct note *note)
{
	uint64_t head = atomic_load(&noted->head);
	struct slot *slot;

	if (is_repeat(noted, note))
		return;
	do {
		if (head - atomic_load(&noted->tail) >= NOTED_MAX)
			return;
	} while (!atomic_compare_exchange_weak(&noted->head, &head, head + 1));
	slot = &noted->slots[head % NOTED_MAX];
	slot->note = *note;
	atomic_store_explicit(&slot->turn, head + 1, memory_order_release);
}

/* Is the place at the tail filled? One that stays unfilled is passed over. */
static bool
is_filled(struct noted *noted, uint64_t tail)
{
	const struct slot *slot = &noted->slots[tail % NOTED_MAX];

	if (atomic_load_explicit(&slot->turn, memory_order_acquire) ==
	    tail + 1) {
		atomic_store(&noted->waited, 0);
		return true;
	}
	if (atomic_fetch_add(&noted->waited, 1) >= PATIENCE) {
		atomic_store(&noted->waited, 0);
		atomic_compare_exchange_strong(&noted->tail, &tail, tail + 1);
	}
	return false;
}

size_t
noted_take(struct noted *noted, struct note *list, size_t most)
{
	size_t count = 0;

	while (count < most) {
		uint64_t tail = atomic_load(&noted->tail);

		if (tail == atomic_load(&noted->head) ||
		    !is_filled(noted, tail))
			break;
		list[count] = noted->slots[tail % NOTED_MAX].note;
		count += atomic_compare_exchange_strong(&noted->tail, &tail,
		    tail + 1);
	}
	return count;
}
