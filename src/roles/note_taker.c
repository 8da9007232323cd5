/*
 * note_taker.c -- what workers noted, told to the store by the housekeeper.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/note_taker.h"

#include "base/clock.h"
#include "store/mode_change.h"
#include "store/noted_write.h"

enum {
	/* Notes are taken at once, but the store is not asked more often. */
	TELL_MS = 1000,
	/* What is over is forgotten although nothing new comes. */
	FORGET_MS = 60000,
	READ_MS = 10000,
};

void
note_taker_start(struct note_taker *taker, struct noted *noted)
{
	taker->noted = noted;
	taker->count = 0;
	taker->tell_ms = taker->read_ms = 0;
}

void
note_taker_look(struct note_taker *taker, struct store *store, bool is_last,
    int64_t deadline_ms)
{
	int64_t now_ms = clock_mono_ms();
	bool is_idle;

	taker->count += noted_take(taker->noted, taker->kept + taker->count,
	    NOTES_AT_ONCE - taker->count);
	is_idle = taker->count == 0;
	if (now_ms >= taker->tell_ms + (is_idle ? FORGET_MS : 0) ||
	    (is_last && !is_idle)) {
		taker->tell_ms = now_ms + TELL_MS;
		if (store_tell_notes(store, taker->kept, taker->count,
			deadline_ms) == STORE_DONE)
			taker->count = 0;
	}
	if (now_ms >= taker->read_ms && !is_last) {
		taker->read_ms = now_ms + READ_MS;
		mode_change_read(store, deadline_ms);
	}
}
