/*
 * test_arrays.c -- parameters in PostgreSQL's binary form.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/arrays.h"
#include "unit.h"

#include <string.h>

static struct arrays arrays;

/* Parameter number i is these bytes. */
static void
see(size_t i, const char *bytes, size_t length)
{
	ck_assert_uint_lt(i, arrays.count);
	ck_assert_int_eq(arrays.formats[i], 1);
	ck_assert_int_eq(arrays.lengths[i], (int)length);
	ck_assert_mem_eq(arrays.values[i], bytes, length);
}

#define SEE(i, bytes) see(i, bytes, sizeof(bytes) - 1)

START_TEST(values_alone)
{
	arrays_clear(&arrays);
	arrays_int8(&arrays, -2);
	arrays_int4(&arrays, 258);
	arrays_bool(&arrays, true);
	arrays_text(&arrays, "a\\\"{}\xc3\xa9");
	arrays_text(&arrays, "");
	arrays_text(&arrays, NULL);
	arrays_json(&arrays, "[]");
	arrays_json(&arrays, NULL);
	arrays_bytes(&arrays, "\0\1", 2);
	arrays_finish(&arrays);
	SEE(0, "\xff\xff\xff\xff\xff\xff\xff\xfe");
	SEE(1, "\0\0\1\2");
	SEE(2, "\1");
	SEE(3, "a\\\"{}\xc3\xa9");
	SEE(4, "");
	ck_assert_ptr_nonnull(arrays.values[4]);
	ck_assert_ptr_null(arrays.values[5]);
	SEE(6, "\1[]");
	ck_assert_ptr_null(arrays.values[7]);
	SEE(8, "\0\1");
	ck_assert_uint_eq(arrays.count, 9);
	arrays_free(&arrays);
}
END_TEST

START_TEST(lists)
{
	arrays_clear(&arrays);
	arrays_begin(&arrays, ARRAYS_TEXT, 3);
	arrays_text(&arrays, "ab");
	arrays_null(&arrays);
	arrays_text(&arrays, "");
	arrays_end(&arrays);
	arrays_begin(&arrays, ARRAYS_INT8, 0);
	arrays_end(&arrays);
	arrays_begin(&arrays, ARRAYS_INT4, 1);
	arrays_int4(&arrays, 7);
	arrays_end(&arrays);
	arrays_finish(&arrays);
	SEE(0, "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
	    "\0\0\0\2" "ab" "\xff\xff\xff\xff" "\0\0\0\0");
	SEE(1, "\0\0\0\0\0\0\0\1\0\0\0\x14");
	SEE(2, "\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\1\0\0\0\1"
	    "\0\0\0\4\0\0\0\7");
	arrays_free(&arrays);
}
END_TEST

START_TEST(networks)
{
	static const char *const texts[] = { "192.0.2.0/24", "10.0.0.1",
		"2001:db8::/32", "::/0" };
	struct addr addr;

	arrays_clear(&arrays);
	for (size_t i = 0; i < ROWS(texts); i++) {
		ck_assert_int_eq(addr_parse(texts[i], &addr), 0);
		arrays_cidr(&arrays, &addr);
	}
	arrays_finish(&arrays);
	SEE(0, "\2\x18\1\4\xc0\0\2\0");
	SEE(1, "\2\x20\1\4\x0a\0\0\1");
	SEE(2, "\3\x20\1\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0");
	SEE(3, "\3\0\1\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	arrays_free(&arrays);
}
END_TEST

static const struct {
	int64_t ms;
	const char bytes[9];
} times[] = {
	{ 946684800000, "\0\0\0\0\0\0\0\0" },
	{ 946684800001, "\0\0\0\0\0\0\3\xe8" },
	{ 946684799999, "\xff\xff\xff\xff\xff\xff\xfc\x18" },
	{ INT64_MAX, "\x7f\xff\xff\xff\xff\xff\xff\xff" },
	{ INT64_MIN, "\x80\0\0\0\0\0\0\0" },
};

START_TEST(times_are_read_back)
{
	arrays_clear(&arrays);
	for (size_t i = 0; i < ROWS(times); i++)
		arrays_time(&arrays, times[i].ms);
	arrays_finish(&arrays);
	for (size_t i = 0; i < ROWS(times); i++) {
		see(i, times[i].bytes, 8);
		ck_assert_int_eq(arrays_get_time(arrays.values[i]),
		    times[i].ms);
	}
	/* Microseconds are cut off, downwards on both sides of 2000. */
	ck_assert_int_eq(arrays_get_time("\0\0\0\0\0\0\3\xe7"),
	    946684800000);
	ck_assert_int_eq(arrays_get_time("\xff\xff\xff\xff\xff\xff\xff\xff"),
	    946684799999);
	ck_assert_int_eq(arrays_get_int4("\xff\xff\xff\xfe"), -2);
	ck_assert_int_eq(arrays_get_int8("\0\0\0\1\0\0\0\0"),
	    INT64_C(1) << 32);
	arrays_free(&arrays);
}
END_TEST

/* What was added stays where it can be found while memory grows. */
START_TEST(memory_grows_and_is_used_again)
{
	static char text[10000];
	size_t room;

	memset(text, 'x', sizeof(text) - 1);
	for (int again = 0; again < 2; again++) {
		arrays_clear(&arrays);
		arrays_int4(&arrays, 1);
		arrays_begin(&arrays, ARRAYS_TEXT, 20);
		for (int i = 0; i < 20; i++)
			arrays_text(&arrays, text);
		arrays_end(&arrays);
		arrays_int4(&arrays, 2);
		arrays_finish(&arrays);
		SEE(0, "\0\0\0\1");
		ck_assert_int_eq(arrays.lengths[1],
		    20 + 20 * (4 + (int)sizeof(text) - 1));
		SEE(2, "\0\0\0\2");
		if (again == 0)
			room = arrays.room;
		ck_assert_uint_eq(arrays.room, room);
	}
	arrays_free(&arrays);
	ck_assert_ptr_null(arrays.bytes);
}
END_TEST

UNIT("store/pgsql/arrays", values_alone, lists, networks, times_are_read_back,
    memory_grows_and_is_used_again)
