/*
 * value.h -- a value that is one text: read, checked and written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config/config.h"
#include "config/keys.h"

enum { VALUE_ALLOWED_SIZE = 256 };

/* Is it one text, not a list or map? */
bool value_is_scalar(const struct key *);

/* Where a value is. */
void *value_of(const struct key *, struct config *);

/*
 * Read the text of a scalar. Return 0, or -1 and change nothing if it is not
 * allowed.
 */
int value_read(const struct key *, struct config *, const char *text);

/* Write what value_read accepts, "a number from 1 to 256"; return it. */
const char *value_allowed(const struct key *,
    char allowed[VALUE_ALLOWED_SIZE]);

/* The text of a scalar, such that value_read takes it; passwords in it are
 * masked. The caller frees it. */
char *value_text(const struct key *, const struct config *);

/* Free what a scalar holds. */
void value_clear(const struct key *, struct config *);

/* Read a limit: a number from least to most, or "unlimited". */
int value_parse_limit(const char *text, int64_t least, int64_t most,
    uint32_t *limit);

/* Is it UTF-8 without control characters, so that it stays one line? */
bool value_is_line(const char *text);

/* Which of the words is it, from 0? -1: none of them. */
int value_parse_word(const char *const *words, const char *text);

/* Write words as "a, b or c"; return it. */
const char *value_join_words(const char *const *words,
    char text[VALUE_ALLOWED_SIZE]);

#endif
