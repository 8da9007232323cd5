/*
 * rates.c -- sliding windows of mails: a ring of sub-buckets for each rule.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/rates.h"

#include <string.h>

/* A twelfth, rounded up. */
static int64_t
width_us(uint32_t per_s)
{
	return ((int64_t)per_s * 1000000 + 11) / 12;
}

/* The ring of a rule as it stands at now_ms; a fresh one if there is none. */
static struct rate_ring
ring_at(const struct rate_rings *rings, uint32_t per_s, int64_t now_ms)
{
	struct rate_ring ring = { .per_s = per_s };
	int64_t bucket = now_ms * 1000 / width_us(per_s);
	int64_t steps;

	ring.newest = bucket;
	for (size_t i = 0; i < rings->count; i++) {
		const struct rate_ring *old = &rings->list[i];

		if (old->per_s != per_s)
			continue;
		/* A clock that went back counts in the newest sub-bucket
		 * until it has come to that again. */
		if (bucket <= old->newest)
			return *old;
		steps = bucket - old->newest;
		if (steps < RATE_SUMS)
			memcpy(ring.sums + steps, old->sums,
			    (size_t)(RATE_SUMS - steps) * sizeof(*ring.sums));
		break;
	}
	return ring;
}

bool
rates_clamp(struct rate_rings *rings, int64_t now_ms)
{
	bool stepped = false;

	for (size_t i = 0; i < rings->count; i++) {
		struct rate_ring *ring = &rings->list[i];
		int64_t bucket;

		if (ring->per_s == 0)
			continue;
		bucket = now_ms * 1000 / width_us(ring->per_s);
		stepped |= ring->newest > bucket;
		if (ring->newest > bucket)
			ring->newest = bucket;
	}
	return stepped;
}

static uint64_t
ring_sum(const struct rate_ring *ring)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < RATE_SUMS; i++)
		sum += ring->sums[i];
	return sum;
}

size_t
rates_ask(struct rate_rings *rings, const struct rates *rates, uint32_t weight,
    int64_t now_ms, uint64_t *used)
{
	struct rate_rings fresh = { .count = rates->count };

	for (size_t i = 0; i < rates->count; i++) {
		const struct rate_rule *rule = &rates->rules[i];
		struct rate_ring *ring = &fresh.list[i];
		uint64_t sum;

		*ring = ring_at(rings, rule->per_s, now_ms);
		sum = ring_sum(ring);
		if (sum + weight > rule->mails) {
			*used = sum;
			return i + 1;
		}
		ring->sums[0] += weight;
	}
	*rings = fresh;
	return 0;
}

uint64_t
rates_used(const struct rate_rings *rings, uint32_t per_s, int64_t now_ms)
{
	struct rate_ring ring = ring_at(rings, per_s, now_ms);

	return ring_sum(&ring);
}

static uint8_t *
put(uint8_t *at, uint64_t number, int bytes)
{
	for (int i = 0; i < bytes; i++)
		*at++ = (uint8_t)(number >> (8 * i));
	return at;
}

static uint64_t
get(const uint8_t **at, int bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < bytes; i++)
		number |= (uint64_t)*(*at)++ << (8 * i);
	return number;
}

size_t
rates_pack(const struct rate_rings *rings, uint8_t bytes[RATE_RINGS_BYTES])
{
	uint8_t *at = bytes;

	for (size_t i = 0; i < rings->count; i++) {
		const struct rate_ring *ring = &rings->list[i];

		at = put(at, ring->per_s, 4);
		at = put(at, (uint64_t)ring->newest, 8);
		for (size_t k = 0; k < RATE_SUMS; k++)
			at = put(at, ring->sums[k], 4);
	}
	return (size_t)(at - bytes);
}

void
rates_unpack(struct rate_rings *rings, const uint8_t *bytes, size_t length)
{
	memset(rings, 0, sizeof(*rings));
	if (length > RATE_RINGS_BYTES || length % RATE_RING_BYTES != 0)
		return;
	rings->count = length / RATE_RING_BYTES;
	for (size_t i = 0; i < rings->count; i++) {
		struct rate_ring *ring = &rings->list[i];

		ring->per_s = (uint32_t)get(&bytes, 4);
		ring->newest = (int64_t)get(&bytes, 8);
		/* Not ours; how long ago it was could not be told. */
		if (ring->newest < 0)
			ring->newest = 0;
		for (size_t k = 0; k < RATE_SUMS; k++)
			ring->sums[k] = (uint32_t)get(&bytes, 4);
	}
}
