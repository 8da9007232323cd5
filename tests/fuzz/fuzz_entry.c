/*
 * fuzz_entry.c -- libFuzzer: any bytes as lines of a log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever is read of a line has a time that can be shown, and strings that
 * came from it.
 */
#include "replay/log_entry.h"

#include "base/clock.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
read_line(struct line_clock *clock, char *line)
{
	size_t length = strlen(line);
	struct entry *entry;
	enum line_said said = entry_read(clock, line, length % 2, &entry);
	char at[24];

	assert((said == LINE_ENTRY) == (entry != NULL));
	if (entry == NULL)
		return;
	clock_format(entry->at_ms, at);
	assert(strlen(at) == strlen("2026-01-31T12:00:00Z"));
	assert(strlen(entry->user) <= length);
	assert(strlen(entry->client) <= length);
	assert(entry->kind != ENTRY_MAIL || entry->user[0] != '\0');
	free(entry);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct line_clock clock;
	char *next;

	memcpy(text, data, size);
	text[size] = '\0';
	line_clock_init(&clock, INT64_C(1780000000000));
	for (char *line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		/* What is behind the line must not be read. */
		char *copy = strdup(line);

		read_line(&clock, copy);
		free(copy);
	}
	free(text);
	return 0;
}
