/*
 * text.h -- strings: bounded building, escaping, case, numbers, UTF-8.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A string under construction in a buffer of fixed size. It is always
 * terminated; what does not fit is dropped and is_cut becomes true.
 */
struct text {
	char *bytes;
	size_t size;	/* of the buffer, NUL included */
	size_t length;	/* NUL not included */
	bool is_cut;
};

/* Start an empty string in buffer, which must outlive it; size > 0. */
void text_init(struct text *, char *buffer, size_t size);

void text_add(struct text *, const char *);
void text_add_n(struct text *, const char *, size_t length);
void text_add_char(struct text *, char);
void text_printf(struct text *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *, const char *format, va_list)
    __attribute__((format(printf, 2, 0)));

/* Add a number, with zeros before it up to so many digits (at most 20). */
void text_add_number(struct text *, uint64_t, unsigned digits);

/*
 * Add bytes that a client sent so that they cannot break a line: control
 * bytes, DEL, '"' and '\' become \n, \t, \", \\ or \xNN, U+0080 to U+009F,
 * which terminals obey as well, \u00NN; the rest stays. (This and the two
 * below are in text_escape.c.)
 */
void text_add_escaped(struct text *, const char *, size_t length);

/*
 * Add text of our own that may quote others: control characters become as
 * above, so that it stays one line; quotes and backslashes stay.
 */
void text_add_line(struct text *, const char *, size_t length);

/*
 * Add a JSON string in quotes (RFC 8259). Bytes that are not UTF-8 become
 * U+FFFD, so that the document stays valid whatever a client sent.
 */
void text_add_json(struct text *, const char *, size_t length);

/* Lower-case ASCII letters in place; other bytes, UTF-8 too, stay. */
void text_lower(char *);

/* Read a whole decimal number from 0 to most; -1 if it is none. */
int64_t text_parse_number(const char *, int64_t most);

/*
 * Length of the UTF-8 sequence at bytes (RFC 3629), 1 to 4, or 0 if there
 * is no valid one within left bytes.
 */
size_t text_utf8(const char *bytes, size_t left);

/* Is it U+0080 to U+009F, a control character of two bytes? */
bool text_is_c1(const char *bytes);

/*
 * Copy as much of a text as fits, and is UTF-8, as one line: whole characters,
 * and a space for each that controls a terminal.
 */
void text_copy_line(char *line, size_t size, const char *bytes, size_t left);

/* Is all of it UTF-8? */
bool text_is_utf8(const char *string);

/* Is all of it ASCII? */
bool text_is_ascii(const char *string);

#endif
