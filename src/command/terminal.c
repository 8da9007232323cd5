/*
 * terminal.c -- what people see on a terminal, and programs do not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "command/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What a terminal has that does not say how wide it is. */
enum { USUAL_WIDTH = 80 };

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : "";
}

/* setlocale(3) is not called: numbers stay as they are in C. */
static bool
says_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = variable(names[i]);
		const char *dot = strchr(value, '.');

		if (*value != '\0')
			return dot != NULL &&
			    (strncasecmp(dot, ".utf-8", 6) == 0 ||
				strncasecmp(dot, ".utf8", 5) == 0);
	}
	return false;
}

struct terminal
terminal_of(FILE *stream)
{
	struct terminal terminal = { false, false, false, 0 };
	struct winsize size;
	int fd = fileno(stream);

	if (fd < 0 || !isatty(fd))
		return terminal;
	terminal.is_terminal = true;
	terminal.width = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ?
	    size.ws_col : USUAL_WIDTH;
	/* https://no-color.org */
	terminal.has_colours = variable("NO_COLOR")[0] == '\0' &&
	    variable("TERM")[0] != '\0' &&
	    strcmp(variable("TERM"), "dumb") != 0;
	terminal.has_utf8 = says_utf8();
	return terminal;
}

const char *
terminal_begin(const struct terminal *terminal, enum colour colour)
{
	static const char *const begins[] = { [COLOUR_NONE] = "",
		[COLOUR_BOLD] = "\033[1m", [COLOUR_DIM] = "\033[2m",
		[COLOUR_RED] = "\033[1;31m", [COLOUR_GREEN] = "\033[32m" };

	return terminal->has_colours ? begins[colour] : "";
}

const char *
terminal_end(const struct terminal *terminal, enum colour colour)
{
	return terminal->has_colours && colour != COLOUR_NONE ? "\033[0m" : "";
}
