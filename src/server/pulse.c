/*
 * pulse.c -- signs of life of the processes, in memory that all share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "server/pulse.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* A cache line apart, so that processes do not slow each other down. */
struct pulse {
	_Alignas(64) _Atomic uint64_t beats;
};

struct pulse *
pulse_open(unsigned count)
{
	void *memory = mmap(NULL, count * sizeof(struct pulse),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void
pulse_close(struct pulse *first, unsigned count)
{
	if (first != NULL)
		munmap(first, count * sizeof(*first));
}

struct pulse *
pulse_of(struct pulse *first, unsigned number)
{
	return first + number;
}

void
pulse_beat(struct pulse *pulse)
{
	atomic_fetch_add_explicit(&pulse->beats, 1, memory_order_relaxed);
}

uint64_t
pulse_count(const struct pulse *pulse)
{
	return atomic_load_explicit(&pulse->beats, memory_order_relaxed);
}
