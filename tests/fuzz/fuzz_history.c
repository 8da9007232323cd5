/*
 * fuzz_history.c -- any bytes as the history of an account's row.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/history.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[HISTORY_BYTES_MAX], again[HISTORY_BYTES_MAX];
	struct history history, back;
	size_t length;
	int64_t now_ms;

	history_unpack(&history, data, size);
	length = history_pack(&history, bytes);
	assert((length == 0) == (history.day == 0));
	history_unpack(&back, bytes, length);
	assert(history_pack(&back, again) == length);
	assert(memcmp(bytes, again, length) == 0);
	/* Whatever it holds, it is worked on. */
	now_ms = INT64_C(20000) * 86400000;
	history_clamp(&history, now_ms);
	history_turn(&history, now_ms, 990);
	assert(history.day >= 20000 && history.day <= 20001);
	history_merge(&history, &back, 990);
	history_accept(&history, 60, now_ms);
	assert(history_pack(&history, bytes) <= HISTORY_BYTES_MAX);
	return 0;
}
