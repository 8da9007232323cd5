/*
 * siphash.h -- a hash with a key: who does not know it can make no collision.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SipHash-2-4 (Aumasson and Bernstein, 2012), 64 bits.
 */
#ifndef BASE_SIPHASH_H
#define BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t words[2];
};

/* A new one from the kernel. */
void siphash_key_make(struct siphash_key *);

uint64_t siphash(const struct siphash_key *, const void *bytes,
    size_t length);

#endif
