/*
 * python_text.c -- blanks, comments and strings of Python.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "import/python_text.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A string as long as that is no setting. */
enum { TEXT_SIZE = 64 * 1024 };

void
python_skip(struct python_source *source, size_t length)
{
	for (; length > 0 && *source->at != '\0'; length--, source->at++) {
		if (*source->at == '\n') {
			source->place.line++;
			source->place.column = 1;
		} else if (((unsigned char)*source->at & 0xc0) != 0x80) {
			source->place.column++;
		}
	}
}

void
python_blanks(struct python_source *source, bool over_lines)
{
	for (;;) {
		const char *at = source->at;

		if (*at == '#')
			python_skip(source, strcspn(at, "\n"));
		else if (at[0] == '\\' && at[1] == '\n')
			python_skip(source, 2);
		else if (*at == ' ' || *at == '\t' || *at == '\r' ||
		    *at == '\f' || (over_lines && *at == '\n'))
			python_skip(source, 1);
		else
			return;
	}
}

/* Letters before the quote: how many; -1: it is no string. */
static int
prefix_of(const char *at)
{
	int letters = 0;

	while (letters < 3 && at[letters] != '\0' &&
	    strchr("rRuUbB", at[letters]) != NULL)
		letters++;
	return at[letters] == '"' || at[letters] == '\'' ? letters : -1;
}

bool
python_is_text(const char *at)
{
	return prefix_of(at) >= 0;
}

/* The code point of so many hexadecimal digits; -1: there are not as many. */
static long
hex(const char *digits, size_t count)
{
	char number[9];

	for (size_t i = 0; i < count; i++)
		if (!isxdigit((unsigned char)digits[i]))
			return -1;
	memcpy(number, digits, count);
	number[count] = '\0';
	return strtol(number, NULL, 16);
}

static void
add_point(struct text *text, long point)
{
	if (point < 0x80) {
		text_add_char(text, (char)point);
	} else if (point < 0x800) {
		text_add_char(text, (char)(0xc0 | point >> 6));
		text_add_char(text, (char)(0x80 | (point & 0x3f)));
	} else if (point < 0x10000) {
		text_add_char(text, (char)(0xe0 | point >> 12));
		text_add_char(text, (char)(0x80 | (point >> 6 & 0x3f)));
		text_add_char(text, (char)(0x80 | (point & 0x3f)));
	} else {
		text_add_char(text, (char)(0xf0 | point >> 18));
		text_add_char(text, (char)(0x80 | (point >> 12 & 0x3f)));
		text_add_char(text, (char)(0x80 | (point >> 6 & 0x3f)));
		text_add_char(text, (char)(0x80 | (point & 0x3f)));
	}
}

/* What stands behind a backslash; how many bytes of it, 0: it is refused. What
 * is none of these stays as it is, backslash included. */
static size_t
add_escape(struct text *text, const char *at)
{
	static const char from[] = "\\'\"abfnrtv";
	static const char to[] = "\\'\"\a\b\f\n\r\t\v";
	const char *found = *at == '\0' ? NULL : strchr(from, *at);
	size_t digits = *at == 'x' ? 2 : *at == 'u' ? 4 : *at == 'U' ? 8 : 0;
	long point;

	if (*at == '\n')
		return 1;
	if (found != NULL) {
		text_add_char(text, to[found - from]);
		return 1;
	}
	if (digits == 0) {
		if (*at == '\0')
			return 0;
		text_add_char(text, '\\');
		text_add_char(text, *at);
		return 1;
	}
	point = hex(at + 1, digits);
	if (point <= 0 || point > 0x10ffff)
		return 0;
	add_point(text, point);
	return 1 + digits;
}

/* One string, its quotes included. Return 0, or -1. */
static int
read_one(struct python_source *source, struct text *text)
{
	int letters = prefix_of(source->at);
	bool is_raw = memchr(source->at, 'r', (size_t)letters) != NULL ||
	    memchr(source->at, 'R', (size_t)letters) != NULL;
	char quote = source->at[letters];
	size_t quotes;

	python_skip(source, (size_t)letters);
	quotes = source->at[1] == quote && source->at[2] == quote ? 3 : 1;
	python_skip(source, quotes);
	for (;;) {
		const char *at = source->at;

		if (*at == '\0' || (*at == '\n' && quotes == 1))
			return -1;
		if (*at == quote && (quotes == 1 ||
			(at[1] == quote && at[2] == quote))) {
			python_skip(source, quotes);
			return 0;
		}
		if (*at == '\\' && !is_raw) {
			size_t taken = add_escape(text, at + 1);

			if (taken == 0)
				return -1;
			python_skip(source, 1 + taken);
			continue;
		}
		text_add_char(text, *at);
		python_skip(source, 1);
		if (*at == '\\' && source->at[0] != '\0') {
			/* A raw string keeps both. */
			text_add_char(text, source->at[0]);
			python_skip(source, 1);
		}
	}
}

char *
python_text(struct python_source *source, bool over_lines)
{
	char *bytes = mem_new(TEXT_SIZE, 1);
	struct python_source begin = *source;
	struct text text;
	int result = 0;

	text_init(&text, bytes, TEXT_SIZE);
	do {
		struct python_source end;

		result = read_one(source, &text);
		end = *source;
		python_blanks(source, over_lines);
		if (!python_is_text(source->at) && !over_lines)
			*source = end;
	} while (result == 0 && python_is_text(source->at));
	if (result != 0 || text.is_cut || !text_is_utf8(bytes)) {
		*source = begin;
		free(bytes);
		return NULL;
	}
	return mem_grow(bytes, text.length + 1, 1);
}
