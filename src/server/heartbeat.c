/*
 * heartbeat.c -- signs of life of the processes, in memory that all share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "server/heartbeat.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* A cache line apart, so that processes do not slow each other down. */
struct heartbeat {
	_Alignas(64) _Atomic uint64_t beats;
};

struct heartbeat *
heartbeat_open(unsigned count)
{
	void *memory = mmap(NULL, count * sizeof(struct heartbeat),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void
heartbeat_close(struct heartbeat *first, unsigned count)
{
	if (first != NULL)
		munmap(first, count * sizeof(*first));
}

struct heartbeat *
heartbeat_of(struct heartbeat *first, unsigned number)
{
	return first + number;
}

void
heartbeat_beat(struct heartbeat *heartbeat)
{
	atomic_fetch_add_explicit(&heartbeat->beats, 1, memory_order_relaxed);
}

uint64_t
heartbeat_count(const struct heartbeat *heartbeat)
{
	return atomic_load_explicit(&heartbeat->beats, memory_order_relaxed);
}
