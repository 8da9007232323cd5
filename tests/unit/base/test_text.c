/*
 * test_text.c -- strings: bounded building, escaping, case, numbers, UTF-8.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

START_TEST(what_fits_is_kept)
{
	char buffer[8];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	ck_assert_str_eq(text.bytes, "");
	text_add(&text, "abc");
	text_add_char(&text, 'd');
	text_printf(&text, "%d", 123);
	ck_assert_str_eq(text.bytes, "abcd123");
	ck_assert(!text.is_cut);
	text_add(&text, "");
	ck_assert(!text.is_cut);
	text_add_char(&text, 'x');
	ck_assert(text.is_cut);
	ck_assert_str_eq(text.bytes, "abcd123");
	ck_assert_uint_eq(text.length, 7);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
	char buffer[4];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add(&text, "abcdef");
	ck_assert_str_eq(text.bytes, "abc");
	ck_assert(text.is_cut);
	text_init(&text, buffer, sizeof(buffer));
	ck_assert(!text.is_cut);
	text_printf(&text, "%s", "xyzw");
	ck_assert_str_eq(text.bytes, "xyz");
	ck_assert(text.is_cut);
	text_printf(&text, "%s", "more");
	ck_assert_str_eq(text.bytes, "xyz");
	text_init(&text, buffer, 1);
	text_add(&text, "a");
	ck_assert_str_eq(text.bytes, "");
	ck_assert(text.is_cut);
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
	const char *escaped, *line, *json;
} rows[] = {
	{ "", 0, "", "", "\"\"" },
	{ "abc =", 5, "abc =", "abc =", "\"abc =\"" },
	{ "a\nb\rc\td", 7, "a\\nb\\rc\\td", "a\\nb\\rc\\td",
	    "\"a\\u000ab\\u000dc\\u0009d\"" },
	{ "\"\\", 2, "\\\"\\\\", "\"\\", "\"\\\"\\\\\"" },
	{ "\0\x1f\x7f", 3, "\\x00\\x1f\\x7f", "\\x00\\x1f\\x7f",
	    "\"\\u0000\\u001f\\u007f\"" },
	{ "\xc3\xa9", 2, "\xc3\xa9", "\xc3\xa9", "\"\xc3\xa9\"" },
	/* Terminals obey U+0080 to U+009F, and show U+00A0. */
	{ "\xc2\x9b\xc2\xa0", 4, "\\u009b\xc2\xa0", "\\u009b\xc2\xa0",
	    "\"\\u009b\xc2\xa0\"" },
	{ "\xc2", 1, "\xc2", "\xc2", "\"\xef\xbf\xbd\"" },
	{ "\xff"
	  "a",
	    2, "\xff"
	       "a",
	    "\xff"
	    "a",
	    "\"\xef\xbf\xbd"
	    "a\"" },
	/* A sequence that ends too early is one bad byte. */
	{ "\xe2\x82", 2, "\xe2\x82", "\xe2\x82",
	    "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
};

START_TEST(numbers_written)
{
	static const struct {
		uint64_t number;
		unsigned digits;
		const char *written;
	} written[] = {
		{ 0, 0, "0" }, { 0, 1, "0" }, { 0, 3, "000" }, { 7, 3, "007" },
		{ 42, 1, "42" }, { 1234, 3, "1234" },
		{ UINT64_MAX, 20, "18446744073709551615" },
	};

	for (size_t i = 0; i < ROWS(written); i++) {
		char bytes[32];
		struct text text;

		text_init(&text, bytes, sizeof(bytes));
		text_add_number(&text, written[i].number, written[i].digits);
		ck_assert_str_eq(bytes, written[i].written);
	}
}
END_TEST

START_TEST(escapes)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		char buffer[128];
		struct text text;

		text_init(&text, buffer, sizeof(buffer));
		text_add_escaped(&text, rows[i].bytes, rows[i].length);
		ck_assert_str_eq(text.bytes, rows[i].escaped);
		text_init(&text, buffer, sizeof(buffer));
		text_add_line(&text, rows[i].bytes, rows[i].length);
		ck_assert_str_eq(text.bytes, rows[i].line);
		text_init(&text, buffer, sizeof(buffer));
		text_add_json(&text, rows[i].bytes, rows[i].length);
		ck_assert_str_eq(text.bytes, rows[i].json);
	}
}
END_TEST

static const struct {
	const char *what, *bytes;
	size_t length;
} sequences[] = {
	{ "a letter", "a", 1 },
	{ "DEL", "\x7f", 1 },
	{ "a tail alone", "\x80", 0 },
	{ "an overlong slash", "\xc0\xaf", 0 },
	{ "an overlong DEL", "\xc1\xbf", 0 },
	{ "U+0080", "\xc2\x80", 2 },
	{ "U+07FF", "\xdf\xbf", 2 },
	{ "two bytes, no tail", "\xc3(", 0 },
	{ "an overlong U+07FF", "\xe0\x9f\xbf", 0 },
	{ "U+0800", "\xe0\xa0\x80", 3 },
	{ "U+D7FF", "\xed\x9f\xbf", 3 },
	{ "a surrogate", "\xed\xa0\x80", 0 },
	{ "U+E000", "\xee\x80\x80", 3 },
	{ "U+FFFF", "\xef\xbf\xbf", 3 },
	{ "an overlong U+FFFF", "\xf0\x8f\xbf\xbf", 0 },
	{ "U+10000", "\xf0\x90\x80\x80", 4 },
	{ "U+10FFFF", "\xf4\x8f\xbf\xbf", 4 },
	{ "U+110000", "\xf4\x90\x80\x80", 0 },
	{ "five bytes", "\xf8\x88\x80\x80\x80", 0 },
	{ "a byte order", "\xff\xfe", 0 },
};

START_TEST(utf8)
{
	for (size_t i = 0; i < ROWS(sequences); i++) {
		const char *bytes = sequences[i].bytes;
		size_t length = sequences[i].length;

		ck_assert_msg(text_utf8(bytes, strlen(bytes)) == length, "%s",
		    sequences[i].what);
		/* One byte short it is none. */
		if (length > 0)
			ck_assert_msg(text_utf8(bytes, length - 1) == 0, "%s",
			    sequences[i].what);
	}
}
END_TEST

START_TEST(lines_of_others)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *line;
	} lines[] = {
		{ "", 8, "" },
		{ "one two", 8, "one two" },
		{ "one two", 7, "one tw" },
		{ "a\r\nb\tc\x1b\x7f", 9, "a  b c  " },
		{ "a\u00a0\xc2\x9b" "b", 8, "a\u00a0 b" },
		{ "a\u00e9", 4, "a\u00e9" },
		{ "a\u00e9", 3, "a" },
		{ "ab\xff" "cd", 8, "ab" },
		{ "ab\xc3", 8, "ab" },
		{ "ab", 1, "" },
	};

	for (size_t i = 0; i < ROWS(lines); i++) {
		char line[9];

		text_copy_line(line, lines[i].size, lines[i].bytes,
		    strlen(lines[i].bytes));
		ck_assert_str_eq(line, lines[i].line);
	}
}
END_TEST

START_TEST(lower_case)
{
	char text[] = "AZaz09@[`{\xc3\x89-\xc5\xbb";

	text_lower(text);
	ck_assert_str_eq(text, "azaz09@[`{\xc3\x89-\xc5\xbb");
}
END_TEST

static const struct {
	const char *text;
	int64_t most, number;
} numbers[] = {
	{ "0", 10, 0 }, { "10", 10, 10 }, { "11", 10, -1 }, { "9", 10, 9 },
	{ "00010", 10, 10 }, { "", 10, -1 }, { "-1", 10, -1 },
	{ "1 ", 10, -1 }, { "0x1", 10, -1 }, { "0", 0, 0 }, { "1", 0, -1 },
	{ "3", 3, 3 }, { "4", 3, -1 }, { "9", 3, -1 }, { "9", 8, -1 },
	{ "9223372036854775807", INT64_MAX, INT64_MAX },
	{ "9223372036854775808", INT64_MAX, -1 },
	{ "99999999999999999999", INT64_MAX, -1 },
};

START_TEST(numbers_read)
{
	for (size_t i = 0; i < ROWS(numbers); i++)
		ck_assert_msg(text_parse_number(numbers[i].text,
				  numbers[i].most) == numbers[i].number,
		    "\"%s\"", numbers[i].text);
}
END_TEST

UNIT("base/text", what_fits_is_kept, what_does_not_fit_is_cut,
    numbers_written, escapes, utf8, lines_of_others,
    lower_case, numbers_read)
