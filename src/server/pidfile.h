/*
 * pidfile.h -- a file that says which process is the server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The process whose number is in the file holds a lock on it, so that a file
 * left behind by one that is dead is never taken for a living server.
 */
#ifndef SERVER_PIDFILE_H
#define SERVER_PIDFILE_H

struct pidfile {
	int fd;		/* -1: none; the lock is lost when it is closed */
	char *path;
};

/*
 * Write our process id to the file at path ("": no file is wanted). If
 * another process holds it, or it cannot be written, log that and return -1.
 * The lock is this process's own: call it after the last fork that leaves it.
 */
int pidfile_open(struct pidfile *, const char *path);

/* Remove the file if it is still ours. */
void pidfile_close(struct pidfile *);

#endif
