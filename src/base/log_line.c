/*
 * log_line.c -- a line of the log under construction, text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log_line.h"

#include <assert.h>
#include <string.h>

void
log_line_begin(struct log_line *line, bool is_json)
{
	line->is_json = is_json;
	line->count = 0;
	text_init(&line->text, line->bytes,
	    is_json ? sizeof(line->bytes) : LOG_LINE_MAX - 1);
}

void
log_line_value(struct log_line *line, const char *value, size_t length)
{
	struct text *text = &line->text;
	/* A byte becomes six at most. */
	size_t room = (text->size - text->length) / 8;
	size_t start = text->length + 1;

	assert(line->count < LOG_VALUES_MAX);
	text_add_json(text, value, length < room ? length : room);
	line->values[line->count].start = start;
	line->values[line->count].length = text->length - 1 - start;
	line->count++;
}

/* What is left of an escaped value of which limit bytes may stay: escapes and
 * sequences of UTF-8 stay whole. */
static size_t
cut(const char *value, size_t length, size_t limit)
{
	size_t at = 0;

	while (at < length) {
		size_t step = text_utf8(value + at, length - at);

		if (value[at] == '\\')
			step = value[at + 1] == 'u' ? 6 : 2;
		if (step == 0 || at + step > limit)
			break;
		at += step;
	}
	return at;
}

/* How much longer than limit the values are, all of them together. */
static size_t
excess(const struct log_line *line, size_t limit)
{
	size_t sum = 0;

	for (size_t i = 0; i < line->count; i++)
		if (line->values[i].length > limit)
			sum += line->values[i].length - limit;
	return sum;
}

/* Shorten the longest values until `most` bytes are enough. */
static void
fit(struct log_line *line, size_t most)
{
	size_t limit = most;
	size_t from = 0, to = 0;

	while (limit > 0 && line->text.length - excess(line, limit) > most)
		limit--;
	for (size_t i = 0; i < line->count; i++) {
		size_t start = line->values[i].start;
		size_t length = line->values[i].length;
		size_t kept = start - from +
		    cut(line->bytes + start, length, limit);

		memmove(line->bytes + to, line->bytes + from, kept);
		to += kept;
		from = start + length;
	}
	memmove(line->bytes + to, line->bytes + from,
	    line->text.length - from);
	line->text.length = to + line->text.length - from;
}

size_t
log_line_end(struct log_line *line)
{
	struct text *text = &line->text;

	if (line->is_json)
		text_add_char(text, '}');
	if (text->length > LOG_LINE_MAX - 1)
		fit(line, LOG_LINE_MAX - 1);
	assert(text->length < LOG_LINE_MAX);
	line->bytes[text->length] = '\n';
	return text->length + 1;
}
