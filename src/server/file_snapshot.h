/*
 * file_snapshot.h -- a sealed copy of a file in memory (memfd_create(2)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever maps a file is at the mercy of who writes it: a file overwritten in
 * place changes under the reader, one cut short kills it (SIGBUS). A sealed
 * copy does neither, and all processes that inherit it share its memory.
 */
#ifndef SERVER_FILE_SNAPSHOT_H
#define SERVER_FILE_SNAPSHOT_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct snapshot {
	int fd;			/* -1: none */
	char path[32];		/* where the copy can be opened by this process
				 * and its children: /proc/self/fd/N */
	dev_t device;		/* of the original, as it was copied */
	ino_t inode;
	off_t size;
	struct timespec changed;
};

/*
 * Copy the file, of at most 1 GiB: what is named by mistake shall not fill the
 * memory. A file that changes while it is copied is copied again, and given
 * up as half written after a few times. On failure log why, return -1.
 */
int snapshot_take(struct snapshot *, const char *path);
void snapshot_close(struct snapshot *);

/* A second one of the same copy, to be closed by itself. 0, or -1. */
int snapshot_share(struct snapshot *, const struct snapshot *of);

/* Is the file at path another one, or changed, since it was copied? A file
 * that cannot be examined has not changed. */
bool snapshot_is_stale(const struct snapshot *, const char *path);

#endif
