/*
 * text.c -- strings: bounded building, case, numbers, UTF-8.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void
text_init(struct text *text, char *buffer, size_t size)
{
	text->bytes = buffer;
	text->size = size;
	text->length = 0;
	text->is_cut = false;
	buffer[0] = '\0';
}

void
text_add_n(struct text *text, const char *bytes, size_t length)
{
	size_t room = text->size - text->length - 1;

	if (length > room) {
		length = room;
		text->is_cut = true;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

void
text_add(struct text *text, const char *string)
{
	text_add_n(text, string, strlen(string));
}

void
text_add_char(struct text *text, char c)
{
	text_add_n(text, &c, 1);
}

void
text_add_number(struct text *text, uint64_t number, unsigned digits)
{
	char bytes[20];
	unsigned at = sizeof(bytes);

	do {
		bytes[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0 || at > sizeof(bytes) - digits);
	text_add_n(text, bytes + at, sizeof(bytes) - at);
}

void
text_vprintf(struct text *text, const char *format, va_list args)
{
	size_t room = text->size - text->length;
	int length = vsnprintf(text->bytes + text->length, room, format, args);

	if (length < 0)
		return;
	if ((size_t)length >= room) {
		text->is_cut = true;
		length = (int)room - 1;
	}
	text->length += (size_t)length;
}

void
text_printf(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(text, format, args);
	va_end(args);
}

bool
text_is_c1(const char *bytes)
{
	unsigned char second = (unsigned char)bytes[1];

	return bytes[0] == '\xc2' && second >= 0x80 && second < 0xa0;
}

size_t
text_utf8(const char *bytes, size_t left)
{
	const unsigned char *b = (const unsigned char *)bytes;
	size_t length;
	unsigned least;
	unsigned code;

	if (left == 0)
		return 0;
	if (b[0] < 0x80)
		return 1;
	if (b[0] >= 0xc2 && b[0] <= 0xdf)
		length = 2, least = 0x80, code = b[0] & 0x1fu;
	else if ((b[0] & 0xf0) == 0xe0)
		length = 3, least = 0x800, code = b[0] & 0x0fu;
	else if (b[0] >= 0xf0 && b[0] <= 0xf4)
		length = 4, least = 0x10000, code = b[0] & 0x07u;
	else
		return 0;
	if (left < length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b[i] & 0x3fu);
	}
	if (code < least || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return length;
}

void
text_copy_line(char *line, size_t size, const char *bytes, size_t left)
{
	size_t length = 0;
	size_t step;

	while (left > 0 && (step = text_utf8(bytes, left)) > 0 &&
	    length + step < size) {
		unsigned char c = (unsigned char)*bytes;

		if (c < ' ' || c == 0x7f || (step == 2 && text_is_c1(bytes))) {
			line[length++] = ' ';
		} else {
			memcpy(line + length, bytes, step);
			length += step;
		}
		bytes += step;
		left -= step;
	}
	line[length] = '\0';
}

bool
text_is_utf8(const char *string)
{
	size_t left = strlen(string);

	while (left > 0) {
		size_t step = text_utf8(string, left);

		if (step == 0)
			return false;
		string += step;
		left -= step;
	}
	return true;
}

void
text_lower(char *string)
{
	for (; *string != '\0'; string++)
		if (*string >= 'A' && *string <= 'Z')
			*string = (char)(*string - 'A' + 'a');
}

int64_t
text_parse_number(const char *string, int64_t most)
{
	int64_t number = 0;

	if (*string == '\0')
		return -1;
	for (; *string != '\0'; string++) {
		int digit = *string - '0';

		if (!isdigit((unsigned char)*string))
			return -1;
		if (digit > most || number > (most - digit) / 10)
			return -1;
		number = number * 10 + digit;
	}
	return number;
}

bool
text_is_ascii(const char *string)
{
	while (*string != '\0' && (unsigned char)*string < 0x80)
		string++;
	return *string == '\0';
}
