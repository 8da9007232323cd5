/*
 * confirm.c -- ask whoever is there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/confirm.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

bool
confirm(const char *question, ...)
{
	va_list args;

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return true;
	va_start(args, question);
	vfprintf(stderr, question, args);
	va_end(args);
	fputs(" [y/N] ", stderr);
	fflush(stderr);
	return tolower(getchar()) == 'y';
}
