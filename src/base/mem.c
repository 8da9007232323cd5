/*
 * mem.c -- memory that is never NULL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/mem.h"

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

void
mem_fail(void)
{
	log_error("out of memory");
	exit(EX_OSERR);
}

static void *
checked(void *p)
{
	if (p == NULL)
		mem_fail();
	return p;
}

void *
mem_new(size_t count, size_t size)
{
	return checked(calloc(count > 0 ? count : 1, size));
}

void *
mem_grow(void *p, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return checked(NULL);
	return checked(realloc(p, count * size > 0 ? count * size : 1));
}

char *
mem_dup(const char *text)
{
	return text == NULL ? NULL : mem_dup_n(text, strlen(text));
}

char *
mem_dup_n(const char *text, size_t length)
{
	char *copy = mem_new(length + 1, 1);

	memcpy(copy, text, length);
	return copy;
}

char *
mem_printf(const char *format, ...)
{
	va_list args;
	int length;
	char *text;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = mem_new((size_t)(length < 0 ? 0 : length) + 1, 1);
	va_start(args, format);
	vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, args);
	va_end(args);
	return text;
}

FILE *
mem_stream(char **text, size_t *length)
{
	return checked(open_memstream(text, length));
}
