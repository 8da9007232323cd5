/*
 * file.h -- the file of the SQLite side: made, known again, explained.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An SQLite database is a file and, while it is open, PATH-wal and PATH-shm.
 * The program itself never opens these: closing any descriptor of the file
 * would drop the locks that the library holds on it (fcntl(2)).
 */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Which file it was that we opened, and its log. All zero: none. */
struct sqlite_file {
	dev_t device;
	ino_t inode;
	dev_t wal_device;
	ino_t wal_inode;
};

/* Remember the files that are at path now. */
void sqlite_file_note(struct sqlite_file *, const char *path);

/* Is the file at path the one that was noted? */
bool sqlite_file_is_same(const struct sqlite_file *, const char *path);

/* Is its log at path-wal, too, or not made yet? Somebody deleted it if not. */
bool sqlite_file_has_log(struct sqlite_file *, const char *path);

/*
 * Keep other processes from opening or making the file: a lock on its
 * directory, which is gone with the process. Returns a descriptor to close,
 * or -1 with errno set (EWOULDBLOCK: not by the deadline).
 */
int sqlite_file_lock(const char *path, int64_t deadline_ms);

/*
 * Under the lock, before the file is opened: make it if it is missing and
 * may_create, 0640 and, if we are root, owned by server.user. Rename a
 * log that was left behind by a file that is gone, or it would be taken for
 * the new one's: `old` is what was noted of the file that we had open before.
 * Returns 0, or -1 with errno set.
 */
int sqlite_file_prepare(const char *path, const struct store_setup *,
    bool may_create, const struct sqlite_file *old);

/*
 * Say why the file cannot be used, naming it and a remedy. code: SQLite's
 * result code; message: its text; os_error: an errno, 0 if unknown.
 */
void sqlite_file_explain(const char *path, int code, const char *message,
    int os_error, char *why, size_t size);

#endif
