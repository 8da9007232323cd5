/*
 * counters.c -- counters in memory that all processes of the server share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "base/counters.h"

#include "base/log.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

/* A cache line apart, so that processes do not slow each other down. */
struct slot {
	_Alignas(64) _Atomic uint64_t value[STAT_COUNT];
};

static const struct counter_info infos[STAT_COUNT] = {
#define counter 0
#define gauge 1
#define bucket 2
#define cause 3
#define STAT(name, kind, text, help)                                           \
	{ text, help, kind == gauge, kind == bucket, kind == cause },
#include "base/counters.def"
#undef STAT
#undef counter
#undef gauge
#undef bucket
#undef cause
};

/* From what a cached answer takes to a deadline that is generous. */
static const uint32_t bounds_us[STATS_BUCKETS - 1] = { 250, 500, 1000, 2500,
	5000, 10000, 25000, 100000, 500000, 1000000, 2500000 };

static struct slot private_slot, private_taken;
static struct slot *slots = &private_slot;
static struct slot *taken = &private_taken;	/* by counters_take */
static struct slot *own = &private_slot;
static unsigned slot_count = 1;

const struct counter_info *
counters_info(enum counter stat)
{
	return &infos[stat];
}

int
counters_open(unsigned count)
{
	void *memory = mmap(NULL, (count + 1) * sizeof(struct slot),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	slots = own = memory;
	taken = slots + count;
	slot_count = count;
	return 0;
}

void
counters_release(unsigned number)
{
	struct slot *slot = &slots[number % slot_count];

	for (int i = 0; i < STAT_COUNT; i++)
		if (infos[i].is_gauge)
			atomic_store_explicit(&slot->value[i], 0,
			    memory_order_relaxed);
}

void
counters_use(unsigned slot)
{
	own = &slots[slot % slot_count];
	counters_release(slot);
}

void
counters_add(enum counter stat, uint64_t n)
{
	/* Two generations of workers may share a slot for a while. */
	if (n > 0)
		atomic_fetch_add_explicit(&own->value[stat], n,
		    memory_order_relaxed);
}

void
counters_set(enum counter stat, uint64_t n)
{
	atomic_store_explicit(&own->value[stat], n, memory_order_relaxed);
}

uint64_t
counters_bucket_us(int bucket)
{
	return bucket < STATS_BUCKETS - 1 ? bounds_us[bucket] : UINT64_MAX;
}

void
counters_observe(enum counter first, uint64_t us)
{
	int bucket = 0;

	while (bucket < STATS_BUCKETS - 1 && us > bounds_us[bucket])
		bucket++;
	counters_add((enum counter)((int)first + bucket), 1);
}

uint64_t
counters_sum(enum counter stat)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < slot_count; i++)
		sum += atomic_load_explicit(&slots[i].value[stat],
		    memory_order_relaxed);
	return sum;
}

uint64_t
counters_take(enum counter stat)
{
	_Atomic uint64_t *mark = &taken->value[stat];
	uint64_t before = atomic_load(mark);
	uint64_t sum;

	do {
		sum = counters_sum(stat);
		/* Somebody summed up later than we did, and took it. */
		if (sum <= before)
			return 0;
	} while (!atomic_compare_exchange_weak(mark, &before, sum));
	return sum - before;
}

void
counters_log(void)
{
	log_begin(LOG_LEVEL_INFO, "counters");
	for (int i = 0; i < STAT_COUNT; i++) {
		uint64_t sum = counters_sum((enum counter)i);

		/* Of many causes those alone that there were. */
		if (!infos[i].is_bucket && (!infos[i].is_cause || sum > 0))
			log_number(infos[i].name, (int64_t)sum);
	}
	log_end();
}
