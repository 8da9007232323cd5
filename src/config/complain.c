/*
 * complain.c -- what is wrong with a configuration, collected and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/complain.h"

#include "base/text.h"

#include <stdarg.h>
#include <string.h>

enum {
	LONGEST_LINE = 2000,
	/* Of a value that is quoted. */
	LONGEST_SHOWN = 120,
};

static void
write_place(const struct complaints *complaints, const struct place *place)
{
	if (place->variable != NULL)
		fprintf(complaints->out, "%s: ", place->variable);
	else if (place->line == 0)
		fprintf(complaints->out, "%s: ", complaints->file);
	else
		fprintf(complaints->out, "%s:%u:%u: ", complaints->file,
		    place->line, place->column);
}

void
complain(struct complaints *complaints, const struct place *place,
    const char *format, ...)
{
	char raw[LONGEST_LINE];
	char visible[LONGEST_LINE];
	struct text message;
	struct text line;
	va_list args;

	text_init(&message, raw, sizeof(raw));
	va_start(args, format);
	text_vprintf(&message, format, args);
	va_end(args);
	text_init(&line, visible, sizeof(visible));
	text_add_line(&line, message.bytes, message.length);
	write_place(complaints, place);
	fprintf(complaints->out, "%s\n", line.bytes);
	complaints->count++;
}

/* Length of a text that is shown: not all of a long one. */
static size_t
shown_length(const char *text)
{
	size_t length = strlen(text);

	if (length <= LONGEST_SHOWN)
		return length;
	/* Do not cut a UTF-8 sequence in two. */
	length = LONGEST_SHOWN;
	while (length > 0 && (text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

void
complain_quoting(struct complaints *complaints, const struct place *place,
    const char *key, const char *shown, const char *allowed)
{
	size_t length = shown_length(shown);

	complain(complaints, place, "%s: found \"%.*s\"%s, allowed is %s",
	    key, (int)length, shown, shown[length] == '\0' ? "" : "...",
	    allowed);
}
