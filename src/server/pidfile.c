/*
 * pidfile.c -- a file that says which process is the server.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/pidfile.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another server may remove the file between our open and our lock. */
enum { ATTEMPTS = 5 };

static struct flock
whole_file(void)
{
	return (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

/* Say who holds the lock. */
static void
log_holder(int fd, const char *path)
{
	struct flock lock = whole_file();

	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		log_error("%s is held by process %d: policyd runs already",
		    path, (int)lock.l_pid);
	else
		log_error("%s is held by another process", path);
}

/* Open and lock it. Return the descriptor, or -1 with the error logged. */
static int
open_locked(const char *path)
{
	struct flock lock = whole_file();
	/* O_NOFOLLOW: root must not be led to a file of others. */
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK, 0644);

	if (fd < 0) {
		log_error("pidfile %s cannot be opened: %s", path,
		    strerror(errno));
		return -1;
	}
	if (fcntl(fd, F_SETLK, &lock) != 0) {
		log_holder(fd, path);
		close(fd);
		return -1;
	}
	return fd;
}

/* Is what path names what fd has open, and a file of its own? */
static bool
is_current(int fd, const char *path, struct stat *status)
{
	struct stat named;

	return fstat(fd, status) == 0 && lstat(path, &named) == 0 &&
	    named.st_dev == status->st_dev && named.st_ino == status->st_ino;
}

static int
write_pid(int fd)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	/* One write, then the cut: nobody reads an empty file. */
	if (pwrite(fd, text, (size_t)length, 0) != length)
		return -1;
	return ftruncate(fd, length);
}

int
pidfile_open(struct pidfile *pidfile, const char *path)
{
	struct stat status;
	bool is_ours = false;

	memset(pidfile, 0, sizeof(*pidfile));
	pidfile->fd = -1;
	if (*path == '\0')
		return 0;
	for (int i = 0; i < ATTEMPTS && !is_ours; i++) {
		if (pidfile->fd >= 0)
			close(pidfile->fd);
		pidfile->fd = open_locked(path);
		if (pidfile->fd < 0)
			return -1;
		is_ours = is_current(pidfile->fd, path, &status);
	}
	if (!is_ours || !S_ISREG(status.st_mode) || status.st_nlink != 1) {
		log_error("pidfile %s is not a file of its own", path);
		goto fail;
	}
	if (write_pid(pidfile->fd) != 0) {
		log_error("pidfile %s cannot be written: %s", path,
		    strerror(errno));
		goto fail;
	}
	pidfile->path = mem_dup(path);
	return 0;

fail:
	close(pidfile->fd);
	pidfile->fd = -1;
	return -1;
}

void
pidfile_close(struct pidfile *pidfile)
{
	struct stat status;

	if (pidfile->fd < 0)
		return;
	/* In a directory of root's an unprivileged server cannot remove it:
	 * then it stays, empty, so that no other process is taken for us. */
	if (is_current(pidfile->fd, pidfile->path, &status) &&
	    unlink(pidfile->path) != 0 && ftruncate(pidfile->fd, 0) != 0)
		log_warning("pidfile %s cannot be removed: %s", pidfile->path,
		    strerror(errno));
	close(pidfile->fd);
	free(pidfile->path);
	pidfile->fd = -1;
	pidfile->path = NULL;
}
