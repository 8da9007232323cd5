/*
 * python_text.h -- blanks, comments and strings of Python.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_PYTHON_TEXT_H
#define IMPORT_PYTHON_TEXT_H

#include "config/complain.h"

#include <stdbool.h>
#include <stddef.h>

/* Where in a text, which ends with a NUL, the reader stands. */
struct python_source {
	const char *at;
	struct place place;
};

/* Go on by so many bytes, not beyond the end. */
void python_skip(struct python_source *, size_t length);

/* Go over blanks, comments and lines that go on behind a backslash; and over
 * line ends, if there may be any. */
void python_blanks(struct python_source *, bool over_lines);

/* Does a string begin here? "x", r'x', u"x", b"x"; one with values in it,
 * f"{x}", is none. */
bool python_is_text(const char *at);

/*
 * Read a string, and those that follow it, which are one with it; over_lines:
 * also on the next line. The caller's; NULL: it does not end, or is no text.
 */
char *python_text(struct python_source *, bool over_lines);

#endif
