/*
 * file_snapshot.c -- a sealed copy of a file in memory (memfd_create(2)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* memfd_create, F_ADD_SEALS */
#include "server/file_snapshot.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3 */
#endif

enum {
	ATTEMPTS = 4,
	PAUSE_MS = 60, /* between them */
	/*
	 * Times of files advance in ticks of up to 10 ms: two writes within
	 * one look like one. So a file changed less than this ago may change
	 * again unseen.
	 */
	FRESH_MS = 50,
};

/* Largest file that is copied. */
static const off_t most = (off_t)1 << 30;

enum copied { COPIED, CHANGED, FAILED };

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Has it changed within the last moment? */
static bool
is_fresh(const struct stat *status)
{
	struct timespec now;
	int64_t age_ms;

	clock_gettime(CLOCK_REALTIME, &now);
	age_ms = (int64_t)(now.tv_sec - status->st_ctim.tv_sec) * 1000 +
	    (now.tv_nsec - status->st_ctim.tv_nsec) / 1000000;
	return age_ms >= 0 && age_ms < FRESH_MS;
}

static int
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = write(fd, bytes, length);

		if (done <= 0)
			return -1;
		bytes += done;
		length -= (size_t)done;
	}
	return 0;
}

/* Copy what `from` holds now to the empty file `to`. */
static enum copied
copy(int from, int to, const char *path, struct stat *status)
{
	char buffer[65536];
	struct stat after;
	off_t total = 0;
	ssize_t length = 1;
	bool was_fresh;

	if (fstat(from, status) != 0)
		goto fail;
	if (!S_ISREG(status->st_mode) || status->st_size == 0) {
		log_error("%s: %s", path, S_ISREG(status->st_mode)
			? "the file is empty" : "not a regular file");
		return FAILED;
	}
	if (status->st_size > most) {
		log_error("%s: the file has %lld MiB, %lld is the most", path,
		    (long long)(status->st_size >> 20),
		    (long long)(most >> 20));
		return FAILED;
	}
	was_fresh = is_fresh(status);
	while (total <= status->st_size &&
	    (length = read(from, buffer, sizeof(buffer))) > 0) {
		if (write_all(to, buffer, (size_t)length) != 0)
			goto fail;
		total += length;
	}
	if (length < 0 || fstat(from, &after) != 0)
		goto fail;
	if (was_fresh || total != status->st_size || !is_same(status, &after))
		return CHANGED;
	return COPIED;

fail:
	log_error("%s cannot be copied: %s", path, strerror(errno));
	return FAILED;
}

static int
open_memory(void)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("snapshot", flags | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL) /* an older kernel */
		fd = memfd_create("snapshot", flags);
	return fd;
}

/* Copy the file at path to memory, once; on success *fd is the copy. */
static enum copied
attempt(const char *path, struct stat *status, int *fd)
{
	int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum copied result;

	if (from < 0) {
		log_error("%s cannot be opened: %s", path, strerror(errno));
		return FAILED;
	}
	*fd = open_memory();
	if (*fd < 0) {
		log_error("%s: no memory for a copy: %s", path,
		    strerror(errno));
		close(from);
		return FAILED;
	}
	result = copy(from, *fd, path, status);
	close(from);
	if (result == COPIED && fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK |
		F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
		log_error("%s: the copy cannot be sealed: %s", path,
		    strerror(errno));
		result = FAILED;
	}
	if (result != COPIED)
		close(*fd);
	return result;
}

int
snapshot_take(struct snapshot *snapshot, const char *path)
{
	enum copied result = CHANGED;
	struct stat status;
	int fd = -1;

	snapshot->fd = -1;
	for (int i = 0; i < ATTEMPTS && result == CHANGED; i++) {
		if (i > 0)
			clock_rest_us(PAUSE_MS * 1000);
		result = attempt(path, &status, &fd);
	}
	if (result == CHANGED)
		log_error("%s is being written to: it is not taken", path);
	if (result != COPIED)
		return -1;
	snapshot->fd = fd;
	snprintf(snapshot->path, sizeof(snapshot->path), "/proc/self/fd/%d",
	    fd);
	snapshot->device = status.st_dev;
	snapshot->inode = status.st_ino;
	snapshot->size = status.st_size;
	snapshot->changed = status.st_ctim;
	return 0;
}

void
snapshot_close(struct snapshot *snapshot)
{
	if (snapshot->fd >= 0)
		close(snapshot->fd);
	snapshot->fd = -1;
	snapshot->path[0] = '\0';
}

int
snapshot_share(struct snapshot *snapshot, const struct snapshot *of)
{
	*snapshot = *of;
	snapshot->fd = fcntl(of->fd, F_DUPFD_CLOEXEC, 3);
	if (snapshot->fd < 0) {
		log_error("no descriptor for a copy of a file: %s",
		    strerror(errno));
		return -1;
	}
	snprintf(snapshot->path, sizeof(snapshot->path), "/proc/self/fd/%d",
	    snapshot->fd);
	return 0;
}

bool
snapshot_is_stale(const struct snapshot *snapshot, const char *path)
{
	struct stat now, then = {
		.st_dev = snapshot->device,
		.st_ino = snapshot->inode,
		.st_size = snapshot->size,
		.st_ctim = snapshot->changed,
	};

	return stat(path, &now) == 0 && !is_same(&now, &then);
}
