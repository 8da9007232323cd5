/*
 * mime.c -- text made fit for mail: encoded-words and quoted-printable.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/mime.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A word longer than this is not left to folding. */
enum { LONGEST_WORD = 60 };

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
static const char word_start[] = " =?utf-8?Q?";
static const char word_end[] = "?=";

/* The character at text: its length, or 0 with *bytes made U+FFFD. */
static size_t
next_character(const char *text, size_t left, const char **bytes)
{
	size_t length = text_utf8(text, left);

	*bytes = length > 0 ? text : replacement;
	return length;
}

static bool
is_control(const char *bytes, size_t length)
{
	unsigned char first = (unsigned char)bytes[0];

	if (length == 1)
		return first < 0x20 || first == 0x7f;
	return length == 2 && first == 0xc2 && (unsigned char)bytes[1] < 0xa0;
}

char *
mime_clean(const char *value, bool keep_lines)
{
	size_t left = strlen(value);
	char *copy = mem_new(left * 3 + 1, 1); /* U+FFFD has three bytes */
	char *end = copy;

	while (left > 0) {
		const char *bytes;
		size_t length = next_character(value, left, &bytes);
		size_t taken = length > 0 ? length : 1;
		size_t given = length > 0 ? length : strlen(replacement);

		if (!is_control(bytes, given) ||
		    (keep_lines && (*bytes == '\n' || *bytes == '\t'))) {
			memcpy(end, bytes, given);
			end += given;
		} else if (!keep_lines && strchr("\r\n\t", *bytes) != NULL) {
			*end++ = ' ';
		}
		value += taken;
		left -= taken;
	}
	*end = '\0';
	return copy;
}

/* Can it stand as it is, folded at its spaces? */
static bool
is_plain(const char *value)
{
	size_t word = 0;

	if (*value == '\0')
		return true;
	if (*value == ' ' || strstr(value, "=?") != NULL)
		return false;
	for (; *value != '\0'; value++) {
		if ((unsigned char)*value > '~')
			return false;
		word = *value == ' ' ? 0 : word + 1;
		/* Folding would lose a second space, and one at the end. */
		if (*value == ' ' && (value[1] == ' ' || value[1] == '\0'))
			return false;
		if (word > LONGEST_WORD)
			return false;
	}
	return true;
}

static void
write_folded(FILE *out, const char *value, size_t column)
{
	while (*value != '\0') {
		size_t length = strcspn(value, " ");

		if (column + 1 + length > MIME_LINE) {
			fputs("\r\n", out);
			column = 0;
		}
		fprintf(out, " %.*s", (int)length, value);
		column += 1 + length;
		value += length;
		value += *value == ' ';
	}
}

void
mime_write_header(FILE *out, const char *name, const char *value)
{
	char *clean = mime_clean(value, false);
	size_t column = strlen(name) + 1;

	fprintf(out, "%s:", name);
	if (is_plain(clean))
		write_folded(out, clean, column);
	else
		mime_write_words(out, clean, column);
	fputs("\r\n", out);
	free(clean);
}

/* What RFC 2047, 5 (3) lets stand in an encoded-word within a phrase. */
static bool
is_word_safe(char c)
{
	return c != '\0' &&
	    (((unsigned char)c < 0x80 && isalnum((unsigned char)c)) ||
		strchr("!*+-/", c) != NULL);
}

size_t
mime_write_words(FILE *out, const char *text, size_t column)
{
	size_t left = strlen(text);
	bool is_open = false;

	while (left > 0) {
		size_t length = text_utf8(text, left);
		bool is_short = is_word_safe(*text) || *text == ' ';
		size_t width = is_short ? 1 : length * 3;

		if (!is_open)
			width += strlen(word_start);
		if (column + width + strlen(word_end) > MIME_LINE) {
			fprintf(out, "%s\r\n", is_open ? word_end : "");
			column = 0;
			is_open = false;
			continue;
		}
		if (!is_open)
			fputs(word_start, out);
		is_open = true;
		if (is_short)
			fputc(*text == ' ' ? '_' : *text, out);
		else
			for (size_t i = 0; i < length; i++)
				fprintf(out, "=%02X", (unsigned char)text[i]);
		column += width;
		text += length;
		left -= length;
	}
	if (is_open)
		fputs(word_end, out);
	return column + (is_open ? strlen(word_end) : 0);
}

/* Can it stand in a line as it is? A blank must not be the last. */
static bool
is_literal(char c, bool is_last)
{
	if (c == ' ' || c == '\t')
		return !is_last;
	return c > ' ' && c <= '~' && c != '=';
}

/* Write one line; end is where it ends. */
static void
write_line(FILE *out, const char *line, const char *end)
{
	size_t column = 0;

	while (line < end) {
		const char *bytes;
		size_t length = next_character(line, (size_t)(end - line),
		    &bytes);
		size_t taken = length > 0 ? length : 1;
		size_t given = length > 0 ? length : strlen(replacement);
		bool is_short = is_literal(*bytes, line + taken == end);
		size_t width = is_short ? 1 : given * 3;

		/* One column is kept for the "=" of a soft line break. */
		if (column + width > MIME_LINE - 1) {
			fputs("=\r\n", out);
			column = 0;
		}
		if (is_short)
			fputc(*bytes, out);
		else
			for (size_t i = 0; i < given; i++)
				fprintf(out, "=%02X", (unsigned char)bytes[i]);
		column += width;
		line += taken;
	}
	fputs("\r\n", out);
}

void
mime_write_body(FILE *out, const char *text)
{
	while (*text != '\0') {
		const char *end = text + strcspn(text, "\r\n");

		write_line(out, text, end);
		if (end[0] == '\r' && end[1] == '\n')
			end++;
		text = end + (*end != '\0');
	}
}
