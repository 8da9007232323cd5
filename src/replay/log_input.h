/*
 * log_input.h -- the lines of a file, compressed by gzip or not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_LOG_INPUT_H
#define REPLAY_LOG_INPUT_H

#include <stdbool.h>
#include <stdint.h>

struct input;

/* Open a file, "-" is standard input. NULL: it cannot be read, or is
 * compressed by a program that we do not know: logged. */
struct input *input_open(const char *path);
void input_close(struct input *);

/* Can it be opened again and read from its beginning? */
bool input_is_file(const struct input *);

/* When it was written last, milliseconds; now if that is not known. */
int64_t input_written_ms(const struct input *);

/*
 * The next line without its end, scratch until the next call; NULL: there are
 * no more, and a read that failed is logged. NUL bytes, which a crash may have
 * left, are taken out; of a line longer than 64 KiB the end is.
 */
char *input_line(struct input *);

/* The number of that line, from 1. */
uint64_t input_number(const struct input *);

#endif
