/*
 * complain.c -- what is wrong with a configuration, collected and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/complain.h"

#include "base/text.h"

#include <stdarg.h>

enum { LONGEST_LINE = 2000 };

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
