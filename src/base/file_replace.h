/*
 * file_replace.h -- write a file as a whole, or leave the old one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is written beside its place, as PATH.new, and renamed: who reads it finds
 * the old one or the new one. Links in place of PATH.new are not followed.
 */
#ifndef BASE_FILE_REPLACE_H
#define BASE_FILE_REPLACE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct replacement {
	FILE *file;	/* to be written to */
	const char *path;	/* borrowed */
	char *new;
};

/* Begin; the file will have this mode. Return 0, or -1 with errno set. */
int replace_begin(struct replacement *, const char *path, mode_t mode);

/*
 * Put it in its place; is_durable: wait for the disk, so that it is there after
 * a crash. Return 0, or -1 with errno set: the old one stays then.
 */
int replace_end(struct replacement *, bool is_durable);

#endif
