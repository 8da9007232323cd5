/*
 * quote.c -- a text in YAML's double quotes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/quote.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

/* Must it be escaped? Control characters, and what YAML 1.1 takes for a line
 * break or does not allow (5.1, 5.4). */
static bool
is_special(const char *bytes, size_t length)
{
	const unsigned char *b = (const unsigned char *)bytes;

	if (length == 1)
		return *b < 0x20 || *b == 0x7f || *b == '"' || *b == '\\';
	if (length == 2)
		return b[0] == 0xc2 && b[1] < 0xa0;
	if (length == 3)
		return (b[0] == 0xe2 && b[1] == 0x80 &&
			   (b[2] & 0xfe) == 0xa8) ||
		       (b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf) ||
		       (b[0] == 0xef && b[1] == 0xbf && b[2] >= 0xbe);
	return false;
}

/* The code point of a sequence of one to three bytes. */
static unsigned
code_point(const char *bytes, size_t length)
{
	const unsigned char *b = (const unsigned char *)bytes;

	if (length == 1)
		return b[0];
	if (length == 2)
		return (b[0] & 0x1fu) << 6 | (b[1] & 0x3fu);
	return (b[0] & 0x0fu) << 12 | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
}

void
quote_write(FILE *out, const char *text)
{
	size_t left = strlen(text);

	fputc('"', out);
	while (left > 0) {
		size_t step = text_utf8(text, left);

		if (step == 0)
			break;
		if (!is_special(text, step))
			fwrite(text, 1, step, out);
		else if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (*text == '\n')
			fputs("\\n", out);
		else
			fprintf(out, "\\u%04x", code_point(text, step));
		text += step;
		left -= step;
	}
	fputc('"', out);
}
