/*
 * file.c -- the file of the SQLite side: made, known again, explained.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/sqlite/file.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path of the file's log; false if it is too long to be one. */
static bool
wal_path(const char *path, const char *suffix, char wal[PATH_MAX])
{
	return snprintf(wal, PATH_MAX, "%s%s", path, suffix) < PATH_MAX;
}

void
sqlite_file_note(struct sqlite_file *file, const char *path)
{
	char wal[PATH_MAX];
	struct stat status;

	memset(file, 0, sizeof(*file));
	if (stat(path, &status) == 0) {
		file->device = status.st_dev;
		file->inode = status.st_ino;
	}
	if (wal_path(path, "-wal", wal) && stat(wal, &status) == 0) {
		file->wal_device = status.st_dev;
		file->wal_inode = status.st_ino;
	}
}

bool
sqlite_file_is_same(const struct sqlite_file *file, const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_dev == file->device &&
	    status.st_ino == file->inode;
}

/* The directory that path is in. */
static void
directory_of(const char *path, char directory[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash == NULL ? 0 : (size_t)(slash - path);

	if (slash == NULL)
		snprintf(directory, PATH_MAX, ".");
	else
		snprintf(directory, PATH_MAX, "%.*s", (int)length + 1, path);
}

int
sqlite_file_lock(const char *path, int64_t deadline_ms)
{
	char directory[PATH_MAX];
	int fd;

	directory_of(path, directory);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) ||
		    clock_left_ms(deadline_ms) == 0) {
			int error = errno;

			close(fd);
			errno = error;
			return -1;
		}
		clock_rest_us(1000);
	}
	return fd;
}

/* Give what root made to the user that the server runs as. */
static int
give_to_server(int fd, const struct store_setup *setup)
{
	const struct passwd *user;
	const struct group *group;

	if (geteuid() != 0 || setup->server->user == NULL ||
	    setup->server->user[0] == '\0')
		return 0;
	user = getpwnam(setup->server->user);
	if (user == NULL) {
		log_error("store: there is no user %s (server.user) to own "
			  "the SQLite file",
		    setup->server->user);
		errno = EINVAL;
		return -1;
	}
	group = setup->server->group != NULL && setup->server->group[0] != '\0'
		    ? getgrnam(setup->server->group)
		    : NULL;
	return fchown(fd, user->pw_uid, group != NULL ? group->gr_gid :
	    user->pw_gid);
}

/* An empty file is an empty database. SQLite gives its log the same owner and
 * permissions (https://sqlite.org/src, findCreateFileMode). */
static int
make(const char *path, const struct store_setup *setup)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	int error;

	if (fd < 0)
		return -1;
	if (fchmod(fd, 0640) == 0 && give_to_server(fd, setup) == 0)
		return close(fd);
	error = errno;
	unlink(path);
	close(fd);
	errno = error;
	return -1;
}

/* Put a log that is not the file's out of its way. It may hold what was not
 * carried over to its own file, so it is never deleted. */
static void
set_log_aside(const char *path)
{
	char wal[PATH_MAX];
	char aside[PATH_MAX];
	char suffix[64];

	snprintf(suffix, sizeof(suffix), "-wal.orphan-%lld",
	    (long long)clock_wall_ms());
	if (wal_path(path, "-wal", wal) && wal_path(path, suffix, aside) &&
	    rename(wal, aside) == 0)
		log_warning("store: %s belonged to a file that is gone: it is "
			    "%s now; should the file come back, put both "
			    "together (as %s) before policyd starts",
		    wal, aside, wal);
	/* This one holds nothing: an index of the log. */
	if (wal_path(path, "-shm", wal))
		unlink(wal);
}

bool
sqlite_file_has_log(struct sqlite_file *file, const char *path)
{
	char wal[PATH_MAX];
	struct stat status;
	bool is_there = wal_path(path, "-wal", wal) && stat(wal, &status) == 0;

	if (file->wal_inode == 0 && is_there) {
		/* It is made with the first change. */
		file->wal_device = status.st_dev;
		file->wal_inode = status.st_ino;
	}
	return file->wal_inode == 0 || (is_there &&
	    status.st_dev == file->wal_device &&
	    status.st_ino == file->wal_inode);
}

int
sqlite_file_prepare(const char *path, const struct store_setup *setup,
    bool may_create, const struct sqlite_file *old)
{
	struct sqlite_file found;

	sqlite_file_note(&found, path);
	if (found.inode == 0) {
		if (access(path, F_OK) == 0 || errno != ENOENT || !may_create)
			return -1;
		set_log_aside(path);
		return make(path, setup);
	}
	if (old->inode != 0 && !sqlite_file_is_same(old, path) &&
	    old->wal_inode != 0 && found.wal_inode == old->wal_inode &&
	    found.wal_device == old->wal_device)
		set_log_aside(path);
	return 0;
}

/* Our name, for the remedies. */
static const char *
own_name(char name[64])
{
	const struct passwd *user = getpwuid(geteuid());

	if (user != NULL)
		snprintf(name, 64, "%s", user->pw_name);
	else
		snprintf(name, 64, "uid %ld", (long)geteuid());
	return name;
}

/* May we, as who we are now? 0, or -1 with errno set. */
static int
may(const char *path, int how)
{
	return faccessat(AT_FDCWD, path, how, AT_EACCESS);
}

/* Look for what keeps us from opening or writing; false: nothing found. */
static bool
explain_access(const char *path, char *why, size_t size)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char directory[PATH_MAX], file[PATH_MAX], name[64];
	struct stat status;

	directory_of(path, directory);
	own_name(name);
	if (stat(directory, &status) != 0) {
		snprintf(why, size, "%s: its directory cannot be used (%s): "
		    "create it, owned by %s", path, strerror(errno), name);
		return true;
	}
	if (may(directory, R_OK | W_OK | X_OK) != 0) {
		snprintf(why, size, "%s: its directory cannot be written to "
		    "(%s): give it to %s, or run as its owner", path,
		    strerror(errno), name);
		return true;
	}
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (!wal_path(path, suffixes[i], file) ||
		    may(file, R_OK | W_OK) == 0)
			continue;
		if (errno == ENOENT && i == 0) {
			snprintf(why, size, "%s does not exist: run policyd "
			    "--init-store, or set store.create", path);
			return true;
		}
		if (errno != ENOENT) {
			snprintf(why, size, "%s cannot be read and written "
			    "(%s): give it to %s, or run as its owner", file,
			    strerror(errno), name);
			return true;
		}
	}
	return false;
}

void
sqlite_file_explain(const char *path, int code, const char *message,
    int os_error, char *why, size_t size)
{
	const char *tail = NULL;

	if (os_error == ENOSPC || os_error == EDQUOT)
		code = SQLITE_FULL;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		tail = " is locked by another program (fuser tells which)";
		break;
	case SQLITE_INTERRUPT:
		tail = " did not answer in time";
		break;
	case SQLITE_FULL:
		tail = ": no space left: make room on its file system";
		break;
	case SQLITE_NOTADB:
		tail = " is not an SQLite database: move it away or restore "
		       "a backup";
		break;
	case SQLITE_CORRUPT:
		tail = " is damaged: move it away, restore a backup or use "
		       "sqlite3's .recover";
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_IOERR:
		if (explain_access(path, why, size))
			return;
		break;
	default:
		break;
	}
	if (tail != NULL) {
		snprintf(why, size, "%s%s", path, tail);
		return;
	}
	snprintf(why, size, "%s: %s%s%s", path, message,
	    os_error != 0 ? ": " : "",
	    os_error != 0 ? strerror(os_error) : "");
}
