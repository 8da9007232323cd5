/*
 * siphash.c -- a hash with a key: who does not know it can make no collision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* getrandom */
#include "base/siphash.h"

#include "base/clock.h"

#include <sys/random.h>

void
siphash_key_make(struct siphash_key *key)
{
	if (getrandom(key, sizeof(*key), GRND_NONBLOCK) ==
	    (ssize_t)sizeof(*key))
		return;
	/* So early after the boot that there is nothing better. */
	key->words[0] = (uint64_t)clock_mono_us();
	key->words[1] = (uint64_t)clock_wall_ms();
}

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t
word(const uint8_t *bytes, size_t length)
{
	uint64_t number = 0;

	while (length-- > 0)
		number = number << 8 | bytes[length];
	return number;
}

static void
absorb(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	mix(v);
	mix(v);
	v[0] ^= m;
}

uint64_t
siphash(const struct siphash_key *key, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	const uint64_t k0 = key->words[0];
	const uint64_t k1 = key->words[1];
	uint64_t v[4] = {
		k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573),
	};
	size_t left = length;

	for (; left >= 8; left -= 8, at += 8)
		absorb(v, word(at, 8));
	absorb(v, word(at, left) | (uint64_t)length << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
