/*
 * log_line.h -- a line of the log under construction, text or JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A finished line has LOG_LINE_MAX bytes at most, its newline included. Text
 * that is longer loses its end. An object of JSON keeps all its members: the
 * longest values are cut instead, all to the same length.
 */
#ifndef BASE_LOG_LINE_H
#define BASE_LOG_LINE_H

#include "base/text.h"

/* A write of up to PIPE_BUF bytes is not mixed with another's. */
enum {
	LOG_LINE_MAX = 4096,
	LOG_VALUES_MAX = 64,
	LOG_ROOM = 96 * 1024,
};

struct log_line {
	bool is_json;
	struct text text;
	char bytes[LOG_ROOM];
	size_t count;
	/* JSON: what stands between the quotes of each value. */
	struct {
		size_t start, length;
	} values[LOG_VALUES_MAX];
};

void log_line_begin(struct log_line *, bool is_json);

/* Add a string of JSON in quotes; of so many values, no more: see count. */
void log_line_value(struct log_line *, const char *value, size_t length);

/* Make it one line that fits, with its newline; the length. */
size_t log_line_end(struct log_line *);

#endif
