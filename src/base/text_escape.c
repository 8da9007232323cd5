/*
 * text_escape.c -- what others sent, written so that it breaks no line (text.h).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/text.h"

/* Add a character so that the line stays one; how many bytes it had. */
static size_t
add_visible(struct text *text, const char *bytes, size_t left)
{
	unsigned char c = (unsigned char)*bytes;

	if (left >= 2 && text_is_c1(bytes)) {
		text_printf(text, "\\u%04x", (unsigned char)bytes[1]);
		return 2;
	}
	if (c == '\n')
		text_add_n(text, "\\n", 2);
	else if (c == '\r')
		text_add_n(text, "\\r", 2);
	else if (c == '\t')
		text_add_n(text, "\\t", 2);
	else if (c < 0x20 || c == 0x7f)
		text_printf(text, "\\x%02x", c);
	else
		text_add_char(text, (char)c);
	return 1;
}

void
text_add_escaped(struct text *text, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			text_add_char(text, '\\');
		i += add_visible(text, bytes + i, length - i);
	}
}

void
text_add_line(struct text *text, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;)
		i += add_visible(text, bytes + i, length - i);
}

void
text_add_json(struct text *text, const char *bytes, size_t length)
{
	text_add_char(text, '"');
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)bytes[i];
		size_t step = text_utf8(bytes + i, length - i);

		if (step == 0) {
			text_add_n(text, "\xef\xbf\xbd", 3);
			step = 1;
		} else if (c == '"' || c == '\\') {
			text_printf(text, "\\%c", c);
		} else if (c < 0x20 || c == 0x7f) {
			text_printf(text, "\\u%04x", c);
		} else if (step == 2 && text_is_c1(bytes + i)) {
			text_printf(text, "\\u%04x",
			    (unsigned char)bytes[i + 1]);
		} else {
			text_add_n(text, bytes + i, step);
		}
		i += step;
	}
	text_add_char(text, '"');
}
