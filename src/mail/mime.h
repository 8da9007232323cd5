/*
 * mime.h -- text made fit for mail: encoded-words and quoted-printable.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever the text holds, what is written is ASCII, cannot end a header or
 * begin another, and keeps to lines of 76 characters.
 */
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { MIME_LINE = 76 };	/* longest line, CRLF not counted */

/*
 * A copy without control characters (C0, DEL and C1), in valid UTF-8: bytes
 * that are none become U+FFFD. Tabs and line ends become a space each; with
 * keep_lines tabs and line feeds stay. The caller frees it.
 */
char *mime_clean(const char *, bool keep_lines);

/*
 * Write "name: value" and CRLF: as it is, folded at spaces, where it is plain
 * ASCII (RFC 5322, 2.2.3), else in encoded-words (RFC 2047) that never split
 * a character. Name has at most 15 letters.
 */
void mime_write_header(FILE *, const char *name, const char *value);

/*
 * Write text as encoded-words, each with a space before it. The line has
 * column characters so far; return how many it has then. The text must have
 * gone through mime_clean. May stand where RFC 5322 has a phrase.
 */
size_t mime_write_words(FILE *, const char *text, size_t column);

/*
 * Write text as quoted-printable (RFC 2045, 6.7). Its lines, which end in LF,
 * CRLF or CR, end in CRLF then, the last one too.
 */
void mime_write_body(FILE *, const char *text);

#endif
