/*
 * blocked_file.h -- who is known to be blocked, over a restart.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small text file, whole or not there: it is written beside its place, made
 * durable and renamed. It holds no names: hashes, and the secret they are made
 * with. It is of one store, and means nothing for another.
 */
#ifndef STORE_BLOCKED_FILE_H
#define STORE_BLOCKED_FILE_H

#include "store/blocked.h"

/*
 * Take over what the file at path holds, if there is one and it is of the
 * store at url. Return 0; or -1 if it is there and cannot be used, which is
 * logged.
 */
int blocked_file_read(struct blocked *, const char *path, const char *url);

/* Write it. On failure the old file stays; return -1 with errno set. */
int blocked_file_write(
    const struct blocked *, const char *path, const char *url);

#endif
