/*
 * output_sheet.h -- a configuration of ours while it is put together.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IMPORT_OUTPUT_SHEET_H
#define IMPORT_OUTPUT_SHEET_H

#include <stdio.h>

struct sheet;

struct sheet *sheet_new(void);
void sheet_free(struct sheet *);

/*
 * Set a key: write its value as YAML to the stream that comes back, then call
 * sheet_end. note, if not NULL, becomes a comment above it. A key may be set
 * once.
 */
FILE *sheet_begin(struct sheet *, const char *key, const char *note);
void sheet_end(struct sheet *);

/* Set a key to a word or number, or to a text in quotes. */
void sheet_word(struct sheet *, const char *key, const char *note,
    const char *word);
void sheet_text(struct sheet *, const char *key, const char *note,
    const char *text);

/* Add a comment to the end, of what has no key; it is made one line. */
void sheet_remark(struct sheet *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Print the keys in the order of the sample file, then the remarks. */
void sheet_print(const struct sheet *, FILE *);

#endif
