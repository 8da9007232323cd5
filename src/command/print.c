/*
 * print.c -- what jobs print: times, JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/print.h"

#include "base/clock.h"
#include "base/text.h"
#include "command/terminal.h"

#include <string.h>

void
print_time(FILE *out, int64_t ms, char text[WHEN_SIZE])
{
	if (ms == 0)
		strcpy(text, "-");
	else if (terminal_of(out).is_terminal)
		when_ago(ms, clock_wall_ms(), text);
	else
		clock_format(ms, text);
}

void
print_moment(FILE *out, int64_t ms, char text[WHEN_SIZE])
{
	if (ms != 0 && terminal_of(out).is_terminal)
		when_local(ms, text);
	else
		print_time(out, ms, text);
}

const char *
print_name(const char *account, char visible[PRINT_NAME_SIZE])
{
	struct text text;

	text_init(&text, visible, PRINT_NAME_SIZE);
	text_add_line(&text, account, strlen(account));
	return visible;
}

void
print_json(FILE *out, const json_t *document)
{
	json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	fputc('\n', out);
}

void
print_outcome(FILE *out, const char *account, const char *result)
{
	json_t *document = json_pack("{ss ss}", "account", account, "result",
	    result);

	print_json(out, document);
	json_decref(document);
}
