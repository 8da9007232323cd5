/*
 * note_taker.h -- what workers noted, told to the store by the housekeeper.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_NOTE_TAKER_H
#define ROLES_NOTE_TAKER_H

#include "store/noted_queue.h"
#include "store/store.h"

/* Notes told at a time; what the store does not take waits. */
enum { NOTES_AT_ONCE = 256 };

struct note_taker {
	struct noted *noted;
	struct note kept[NOTES_AT_ONCE];
	size_t count;
	int64_t tell_ms, read_ms;	/* monotonic: when it is due */
};

void note_taker_start(struct note_taker *, struct noted *);

/* Tell what there is, and hear when the mode changed (mode_change.h), if it is
 * time or is_last. */
void note_taker_look(struct note_taker *, struct store *, bool is_last,
    int64_t deadline_ms);

#endif
