/*
 * list_file.h -- a file with one thing a line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BASE_LIST_FILE_H
#define BASE_LIST_FILE_H

#include <stddef.h>

/* Take a word; return NULL, or what is wrong with it: "is not a network". */
typedef const char *list_file_take(void *opaque, const char *word);

/*
 * Hand over each line of a file without the white space around it; '#' begins
 * a comment, blank lines are skipped, and so is UTF-8's mark at the beginning; a
 * NUL byte is wrong. On failure write what is wrong, with the
 * line, to error (size bytes) and return -1; what came before was taken.
 */
int list_file_read(const char *path, list_file_take *take, void *opaque,
    char *error, size_t size);

#endif
