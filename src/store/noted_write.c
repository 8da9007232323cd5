/*
 * noted_write.c -- what was noted for the store, written down.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/noted_write.h"

#include "base/clock.h"
#include "store/blocked_attempts.h"
#include "store/query.h"
#include "store/would_block.h"

char *
noted_json(enum note_kind kind,
    json_t *(*row)(const struct note *, int64_t ago_ms),
    const struct note *notes, size_t count)
{
	int64_t now_ms = clock_mono_ms();
	json_t *rows = json_array();
	char *text = NULL;

	for (size_t i = 0; i < count; i++)
		if (notes[i].kind == kind)
			json_array_append_new(rows,
			    row(&notes[i], now_ms - notes[i].at_ms));
	if (json_array_size(rows) > 0)
		text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	return text;
}

enum store_result
store_tell_notes(struct store *store, const struct note *notes, size_t count,
    int64_t deadline_ms)
{
	int worked = query_begin(store, ACCESS_WRITE, deadline_ms);

	if (worked == 0)
		worked = would_block_write(store, notes, count);
	if (worked == 0)
		worked = blocked_attempts_write(store, notes, count);
	return query_end(store, worked);
}
