/*
 * parse.h -- a configuration from a text, and the complaints as a text.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef PARSE_H
#define PARSE_H

#include "base/mem.h"
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What config_parse makes of a file named "f"; *errors is the caller's. */
static inline struct config *
parse(const char *text, char **errors)
{
	size_t size;
	FILE *out = open_memstream(errors, &size);
	struct config *config = config_parse(text, strlen(text), "f", out);

	fclose(out);
	return config;
}

/* The value of one key, without the newline at its end. */
static inline char *
get(const struct config *config, const char *key)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int result = config_get(config, key, out);

	fclose(out);
	if (result != 0) {
		free(text);
		return mem_dup("(no such key)");
	}
	if (size > 0 && text[size - 1] == '\n')
		text[size - 1] = '\0';
	return text;
}

static inline char *
dump(const struct config *config)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	config_dump(config, out);
	fclose(out);
	return text;
}

#endif
