/*
 * arrays.c -- the parameters of a statement in PostgreSQL's binary form.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/arrays.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* 2000-01-01 in milliseconds since 1970. */
#define EPOCH_MS INT64_C(946684800000)

void
arrays_clear(struct arrays *arrays)
{
	arrays->length = 0;
	arrays->count = 0;
	arrays->is_open = false;
}

void
arrays_free(struct arrays *arrays)
{
	free(arrays->bytes);
	memset(arrays, 0, sizeof(*arrays));
}

/* Room for so many bytes more. */
static char *
grow(struct arrays *arrays, size_t length)
{
	char *at;

	if (arrays->length + length > arrays->room) {
		arrays->room = (arrays->length + length) * 2 + 4096;
		arrays->bytes = mem_grow(arrays->bytes, arrays->room, 1);
	}
	at = arrays->bytes + arrays->length;
	arrays->length += length;
	return at;
}

static void
put(char *at, uint64_t number, int bytes)
{
	for (int i = bytes; i-- > 0; number >>= 8)
		at[i] = (char)(number & 0xff);
}

static uint64_t
get(const char *at, int bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < bytes; i++)
		number = number << 8 | (uint8_t)at[i];
	return number;
}

static void
begin_value(struct arrays *arrays)
{
	assert(arrays->count < ARRAYS_MAX);
	arrays->start[arrays->count++] = arrays->length;
}

void
arrays_begin(struct arrays *arrays, enum arrays_type type, size_t elements)
{
	char *at;

	assert(!arrays->is_open);
	begin_value(arrays);
	arrays->is_open = true;
	/* Dimensions, whether there are NULLs (a hint), type; then the size of
	 * the one dimension and its first index. */
	at = grow(arrays, elements > 0 ? 20 : 12);
	put(at, elements > 0, 4);
	put(at + 4, 1, 4);
	put(at + 8, (uint64_t)type, 4);
	if (elements > 0) {
		put(at + 12, elements, 4);
		put(at + 16, 1, 4);
	}
}

void
arrays_end(struct arrays *arrays)
{
	assert(arrays->is_open);
	arrays->is_open = false;
	arrays->lengths[arrays->count - 1] =
	    (int)(arrays->length - arrays->start[arrays->count - 1]);
}

/* Room for a value of so many bytes, which the caller fills. */
static char *
add(struct arrays *arrays, size_t length)
{
	if (arrays->is_open) {
		put(grow(arrays, 4), length, 4);
	} else {
		begin_value(arrays);
		arrays->lengths[arrays->count - 1] = (int)length;
	}
	return grow(arrays, length);
}

void
arrays_null(struct arrays *arrays)
{
	if (arrays->is_open) {
		put(grow(arrays, 4), UINT32_MAX, 4);
		return;
	}
	begin_value(arrays);
	arrays->start[arrays->count - 1] = SIZE_MAX;
	arrays->lengths[arrays->count - 1] = 0;
}

void
arrays_bytes(struct arrays *arrays, const void *bytes, size_t length)
{
	char *at = add(arrays, length);

	if (length > 0)
		memcpy(at, bytes, length);
}

void
arrays_text(struct arrays *arrays, const char *text)
{
	if (text == NULL)
		arrays_null(arrays);
	else
		arrays_bytes(arrays, text, strlen(text));
}

void
arrays_int4(struct arrays *arrays, int32_t number)
{
	put(add(arrays, 4), (uint32_t)number, 4);
}

void
arrays_int8(struct arrays *arrays, int64_t number)
{
	put(add(arrays, 8), (uint64_t)number, 8);
}

void
arrays_bool(struct arrays *arrays, bool value)
{
	*add(arrays, 1) = (char)value;
}

void
arrays_json(struct arrays *arrays, const char *text)
{
	size_t length;
	char *at;

	if (text == NULL) {
		arrays_null(arrays);
		return;
	}
	length = strlen(text);
	at = add(arrays, 1 + length);
	at[0] = 1; /* the version of jsonb_send */
	memcpy(at + 1, text, length);
}

void
arrays_time(struct arrays *arrays, int64_t ms)
{
	if (ms != INT64_MAX && ms != INT64_MIN)
		ms = (ms - EPOCH_MS) * 1000;
	arrays_int8(arrays, ms);
}

void
arrays_some_bytes(struct arrays *arrays, const void *bytes, size_t length)
{
	if (length == 0)
		arrays_null(arrays);
	else
		arrays_bytes(arrays, bytes, length);
}

void
arrays_some_time(struct arrays *arrays, int64_t ms)
{
	if (ms == 0)
		arrays_null(arrays);
	else
		arrays_time(arrays, ms);
}

void
arrays_cidr(struct arrays *arrays, const struct addr *addr)
{
	/* PGSQL_AF_INET is AF_INET, PGSQL_AF_INET6 one more. */
	enum { FAMILY_INET = 2, FAMILY_INET6 = 3 };
	size_t length = addr->bits / 8;
	char *at = add(arrays, 4 + length);

	at[0] = addr->bits == 32 ? FAMILY_INET : FAMILY_INET6;
	at[1] = (char)addr->prefix;
	at[2] = 1; /* a cidr */
	at[3] = (char)length;
	memcpy(at + 4, addr->bytes, length);
}

void
arrays_finish(struct arrays *arrays)
{
	assert(!arrays->is_open);
	for (size_t i = 0; i < arrays->count; i++) {
		arrays->values[i] = arrays->start[i] == SIZE_MAX ? NULL :
		    arrays->bytes + arrays->start[i];
		arrays->formats[i] = 1;
	}
}

int64_t
arrays_get_int8(const char *at)
{
	return (int64_t)get(at, 8);
}

int32_t
arrays_get_int4(const char *at)
{
	return (int32_t)get(at, 4);
}

int64_t
arrays_get_time(const char *at)
{
	int64_t us = arrays_get_int8(at);

	if (us == INT64_MAX || us == INT64_MIN)
		return us;
	/* Rounded down, before 2000 as well. */
	return EPOCH_MS + (us >= 0 ? us / 1000 : -((-us + 999) / 1000));
}
