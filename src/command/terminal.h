/*
 * terminal.h -- what people see on a terminal, and programs do not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_TERMINAL_H
#define COMMAND_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct terminal {
	bool is_terminal;
	bool has_colours;	/* not with NO_COLOR, nor if it is dumb */
	bool has_utf8;		/* by LC_ALL, LC_CTYPE or LANG */
	size_t width;		/* columns; 0: no limit */
};

/* What a stream goes to. */
struct terminal terminal_of(FILE *);

enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_DIM, COLOUR_RED, COLOUR_GREEN };

/* What to write before text that has this colour, and after it; "" where
 * there are no colours. */
const char *terminal_begin(const struct terminal *, enum colour);
const char *terminal_end(const struct terminal *, enum colour);

#endif
