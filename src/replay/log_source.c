/*
 * log_source.c -- the entries of one log, in the order of their times.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "replay/log_source.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "replay/log_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* How far lines may be out of order. */
	LOOKAHEAD = 8192,
	LOOKAHEAD_MS = 120000,
	/* Clocks of hosts, and of who wrote the file, differ. */
	CLOCKS_MS = 24 * 3600 * 1000,
	/* What is shown of a malformed line. */
	SHOWN_MAX = 120,
};

/* 1999, when there was no Postfix yet: the clock of a host that has just
 * started. */
#define EARLIEST_MS INT64_C(915148800000)

struct source {
	char *path;
	struct reading *reading;
	struct reading ahead;	/* what look_ahead reads does not count */
	struct input *input;	/* NULL: not opened yet, or read to its end */
	struct line_clock clock;
	int64_t before_ms;
	int64_t latest_ms;	/* no line can be later */
	int64_t newest_ms;	/* of what was read */
	enum { WAITING, READING, OVER } state;
	bool has_postfix;	/* decisions do not count */
	/* A ring, in order of time. */
	struct entry *queue[LOOKAHEAD];
	size_t first, count;
};

/* --- the queue ----------------------------------------------------------- */

static struct entry **
slot(struct source *source, size_t i)
{
	return &source->queue[(source->first + i) % LOOKAHEAD];
}

/* Lines of the same time stay as they came. */
static void
put(struct source *source, struct entry *entry)
{
	size_t i = source->count++;

	for (; i > 0 && (*slot(source, i - 1))->at_ms > entry->at_ms; i--)
		*slot(source, i) = *slot(source, i - 1);
	*slot(source, i) = entry;
	if (entry->at_ms > source->newest_ms)
		source->newest_ms = entry->at_ms;
}

static struct entry *
take(struct source *source)
{
	struct entry *entry = *slot(source, 0);

	source->first = (source->first + 1) % LOOKAHEAD;
	source->count--;
	return entry;
}

/* Postfix's lines have turned up: decisions go. */
static void
drop_decisions(struct source *source)
{
	size_t kept = 0;

	source->has_postfix = true;
	for (size_t i = 0; i < source->count; i++) {
		struct entry *entry = *slot(source, i);

		if (entry->kind != ENTRY_DECISION) {
			*slot(source, kept++) = entry;
			continue;
		}
		source->reading->aside++;
		free(entry);
	}
	source->count = kept;
}

/* --- reading ------------------------------------------------------------- */

static void
note_bad(struct source *source, const char *line)
{
	struct reading *reading = source->reading;
	size_t length = strlen(line);
	struct text shown;

	if (reading->bad++ > 0)
		return;
	text_init(&shown, reading->first_bad, sizeof(reading->first_bad));
	text_printf(&shown, "%.200s:%llu: ", source->path,
	    (unsigned long long)input_number(source->input));
	text_add_escaped(&shown, line, length < SHOWN_MAX ? length :
							    SHOWN_MAX);
}

static void
take_line(struct source *source, char *line)
{
	struct reading *reading = source->reading;
	char shown[SHOWN_MAX + 1];
	struct entry *entry;

	reading->lines++;
	/* Reading it spoils it. */
	snprintf(shown, sizeof(shown), "%s", line);
	switch (entry_read(&source->clock, line, reading->wants_recipients,
	    &entry)) {
	case LINE_BAD:
		note_bad(source, shown);
		return;
	case LINE_ENTRY:
		if (entry->at_ms >= EARLIEST_MS &&
		    entry->at_ms <= source->latest_ms)
			break;
		/* In the future, all that is known would be too old. */
		free(entry);
		note_bad(source, shown);
		return;
	case LINE_NOTHING:
	default:
		return;
	}
	if (entry->kind == ENTRY_MAIL && !source->has_postfix)
		drop_decisions(source);
	if (entry->kind == ENTRY_DECISION && source->has_postfix) {
		reading->aside++;
		free(entry);
		return;
	}
	put(source, entry);
}

/* Read until the first of the queue is the next for certain. */
static void
read_on(struct source *source)
{
	while (source->input != NULL && source->count < LOOKAHEAD &&
	    (source->count == 0 || source->newest_ms <
		    (*slot(source, 0))->at_ms + LOOKAHEAD_MS)) {
		char *line = input_line(source->input);

		if (line != NULL) {
			take_line(source, line);
			continue;
		}
		input_close(source->input);
		source->input = NULL;
	}
	source->state = source->count > 0 ? READING : OVER;
}

/* A file that can be read again is closed until its time has come. */
static void
look_ahead(struct source *source)
{
	struct reading *reading = source->reading;

	if (!input_is_file(source->input)) {
		read_on(source);
		return;
	}
	source->ahead = (struct reading){ .wants_recipients = true };
	source->reading = &source->ahead;
	while (source->count == 0) {
		char *line = input_line(source->input);

		if (line == NULL)
			break;
		take_line(source, line);
	}
	input_close(source->input);
	source->input = NULL;
	source->reading = reading;
	/* What is not a mail, or late, may come before it. */
	source->newest_ms -= LOOKAHEAD_MS;
	source->state = WAITING;
	while (source->count > 0)
		free(take(source));
}

struct source *
source_open(const char *path, struct reading *reading)
{
	struct input *input = input_open(path);
	int64_t now_ms = clock_wall_ms();
	struct source *source;

	if (input == NULL)
		return NULL;
	source = mem_new(1, sizeof(*source));
	source->path = mem_dup(path);
	source->reading = reading;
	source->input = input;
	source->latest_ms = now_ms + CLOCKS_MS;
	source->before_ms = CLOCKS_MS + (input_written_ms(input) < now_ms ?
		input_written_ms(input) : now_ms);
	line_clock_init(&source->clock, source->before_ms);
	look_ahead(source);
	return source;
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	while (source->count > 0)
		free(take(source));
	input_close(source->input);
	free(source->path);
	free(source);
}

int64_t
source_when(const struct source *source)
{
	switch (source->state) {
	case WAITING:
		return source->newest_ms;
	case READING:
		return source->queue[source->first]->at_ms;
	case OVER:
	default:
		return INT64_MAX;
	}
}

bool
source_is_last(const struct source *source)
{
	return source->state == READING &&
	    source->queue[source->first]->kind == ENTRY_RECIPIENTS;
}

struct entry *
source_next(struct source *source)
{
	struct entry *entry;

	if (source->state == WAITING) {
		source->input = input_open(source->path);
		source->has_postfix = false;
		source->newest_ms = 0;
		line_clock_init(&source->clock, source->before_ms);
		read_on(source);
		return NULL;
	}
	entry = take(source);
	read_on(source);
	return entry;
}
