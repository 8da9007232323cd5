/*
 * noted_write.h -- what was noted for the store, written down.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_NOTED_WRITE_H
#define STORE_NOTED_WRITE_H

#include "store/noted_queue.h"
#include "store/store.h"

#include <jansson.h>

/* Write down what was noted, all or nothing; and forget what is over. */
enum store_result store_tell_notes(struct store *, const struct note *,
    size_t count, int64_t deadline_ms);

/* Those of one kind as JSON, a row each; NULL: there is none. The caller frees
 * it. */
char *noted_json(enum note_kind,
    json_t *(*row)(const struct note *, int64_t ago_ms), const struct note *,
    size_t count);

#endif
