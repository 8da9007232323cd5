/*
 * test_siphash.c -- a hash with a key: the authors' own examples.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/siphash.h"
#include "unit.h"

/* The key is 00 01 ... 0f, the input as many bytes from 00 on. */
START_TEST(examples)
{
	static const struct {
		size_t length;
		uint64_t hash;
	} tries[] = {
		{ 0, UINT64_C(0x726fdb47dd0e0e31) },
		{ 1, UINT64_C(0x74f839c593dc67fd) },
		{ 8, UINT64_C(0x93f5f5799a932462) },
		{ 15, UINT64_C(0xa129ca6149be45e5) },
	};
	const struct siphash_key key = { { UINT64_C(0x0706050403020100),
	    UINT64_C(0x0f0e0d0c0b0a0908) } };
	uint8_t bytes[16];

	for (uint8_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++)
		ck_assert_uint_eq(siphash(&key, bytes, tries[i].length),
		    tries[i].hash);
}
END_TEST

START_TEST(each_key_is_another_one)
{
	struct siphash_key a, b;

	siphash_key_make(&a);
	siphash_key_make(&b);
	ck_assert(a.words[0] != b.words[0] || a.words[1] != b.words[1]);
}
END_TEST

UNIT("base/siphash", examples, each_key_is_another_one)
