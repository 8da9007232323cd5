/*
 * arrays.h -- the parameters of a statement in PostgreSQL's binary form.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of one statement stand one behind the other in memory that is kept.
 * An array is begun, its elements are added, and it is ended; a value alone is
 * added between arrays. Numbers are big-endian, times microseconds since 2000
 * (PostgreSQL's src/backend/utils/adt: array_send, timestamptz_send,
 * inet_send).
 */
#ifndef STORE_PGSQL_ARRAYS_H
#define STORE_PGSQL_ARRAYS_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The types of elements: their OIDs. */
enum arrays_type {
	ARRAYS_BYTEA = 17,
	ARRAYS_INT8 = 20,
	ARRAYS_INT4 = 23,
	ARRAYS_TEXT = 25,
	ARRAYS_CIDR = 650,
	ARRAYS_TIME = 1184,
};

enum { ARRAYS_MAX = 26 };

struct arrays {
	char *bytes;
	size_t length, room;
	size_t count;			/* parameters */
	bool is_open;			/* an array is begun */
	size_t start[ARRAYS_MAX];	/* in bytes; SIZE_MAX: NULL */
	int lengths[ARRAYS_MAX];
	const char *values[ARRAYS_MAX];
	int formats[ARRAYS_MAX];
};

/* All zero is empty, too. */
void arrays_clear(struct arrays *);
void arrays_free(struct arrays *);

void arrays_begin(struct arrays *, enum arrays_type, size_t elements);
void arrays_end(struct arrays *);

/* Add an element, or a parameter if no array is begun. */
void arrays_null(struct arrays *);
void arrays_text(struct arrays *, const char *);
void arrays_bytes(struct arrays *, const void *, size_t length);
void arrays_int4(struct arrays *, int32_t);
void arrays_int8(struct arrays *, int64_t);
void arrays_bool(struct arrays *, bool);
void arrays_json(struct arrays *, const char *);	/* jsonb; NULL: NULL */
void arrays_cidr(struct arrays *, const struct addr *);

/* Milliseconds since 1970; INT64_MAX is infinity, INT64_MIN -infinity. */
void arrays_time(struct arrays *, int64_t ms);

/* The same, with NULL for no bytes, and for 0. */
void arrays_some_bytes(struct arrays *, const void *bytes, size_t length);
void arrays_some_time(struct arrays *, int64_t ms);

/* Make values, lengths and formats point to what was added. */
void arrays_finish(struct arrays *);

/* Read such values back. */
int64_t arrays_get_int8(const char *);
int32_t arrays_get_int4(const char *);
int64_t arrays_get_time(const char *);

#endif
