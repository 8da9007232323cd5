/*
 * fuzz_row.c -- any bytes as what the row of an account keeps.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places, older places, rates and mails: whatever was read, what is written of
 * it is read back as the same. (Its history: fuzz_history.c.)
 */
#include "store/older_places.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
read_rates(const uint8_t *data, size_t size)
{
	static const struct rates rates = { .count = 2,
		.rules = { { 100, 3600 }, { 5, 1 } } };
	const int64_t now_ms = INT64_C(20000) * 86400000;
	struct rate_rings rings, back;
	uint8_t bytes[RATE_RINGS_BYTES], again[RATE_RINGS_BYTES];
	uint64_t used;
	size_t length;

	rates_unpack(&rings, data, size);
	assert(rings.count <= RATE_RULES_MAX);
	length = rates_pack(&rings, bytes);
	rates_unpack(&back, bytes, length);
	assert(rates_pack(&back, again) == length);
	assert(memcmp(bytes, again, length) == 0);
	/* Whatever it holds, it is worked on. */
	rates_clamp(&rings, now_ms);
	rates_ask(&rings, &rates, 1, now_ms, &used);
	rates_used(&rings, 3600, now_ms);
}

static void
read_places(const char *text)
{
	struct account_state state, back;
	char once[PLACES_TEXT_SIZE], twice[PLACES_TEXT_SIZE];

	state_init(&state);
	state_take_places(&state, text);
	assert(state.place_count <= PLACES_MAX);
	state_put_places(&state, once);
	state_init(&back);
	state_take_places(&back, once);
	assert(back.place_count == state.place_count);
	state_put_places(&back, twice);
	assert(strcmp(once, twice) == 0);
	state_clamp(&state, INT64_C(20000) * 86400000);
	state_drop(&state, INT64_C(19999) * 86400000);
	state_settle(&state);
}

static void
read_mails(const uint8_t *data, size_t size)
{
	struct account_state state;
	uint8_t bytes[INSTANCES_BYTES];

	state_init(&state);
	state_take_instances(&state, data, size);
	assert(state.instance_count <= NUMBERS_MAX);
	assert(state_put_instances(&state, bytes) <= size);
}

static void
read_older(const char *text)
{
	int64_t complete_ms = strtoll(text, NULL, 10);
	struct older_places older = { .count = 0 };
	struct older_places back = { .count = 0 };

	older_read(&older, text, complete_ms);
	if (older.is_counted) {
		char *once = older_text(&older, complete_ms);
		char *twice;

		older_read(&back, once, complete_ms);
		assert(back.is_counted);
		twice = older_text(&back, complete_ms);
		assert(strcmp(once, twice) == 0);
		assert(back.networks == older.networks);
		free(once);
		free(twice);
	}
	older_clear(&older);
	older_clear(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* What is behind the text must not be read. */
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	read_rates(data, size);
	read_mails(data, size);
	read_places(text);
	read_older(text);
	free(text);
	return 0;
}
