/*
 * unix_socket.c -- a Unix socket in the file system: make, restrict, remove.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* O_PATH, AT_EMPTY_PATH */
#include "server/unix_socket.h"

#include "base/log.h"
#include "server/privs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int
socket_access_find(struct socket_access *access, const struct serving *serving)
{
	const char *user = serving->socket->user;
	const char *group = serving->socket->group;
	bool is_root = geteuid() == 0;

	*access = (struct socket_access){
		.mode = (mode_t)serving->socket->mode & 0777,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
	};
	if (is_root && *user != '\0' &&
	    privs_find_user(user, &access->uid) != 0) {
		log_error("socket.user: there is no user \"%s\"", user);
		return -1;
	}
	if (*group == '\0' || privs_find_group(group, &access->gid) == 0)
		return 0;
	if (is_root) {
		log_error("socket.group: there is no group \"%s\"; Postfix's "
			  "is usually postfix", group);
		return -1;
	}
	log_warning("socket.group: there is no group \"%s\": left", group);
	return 0;
}

int
socket_access_private(struct socket_access *access, const struct serving *serving)
{
	struct privs privs;

	*access = (struct socket_access) {
		.mode = 0660,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
	};
	if (geteuid() != 0)
		return 0;
	if (privs_lookup(
		&privs, serving->server->user, serving->server->group) != 0)
		return -1;
	if (privs.is_wanted) {
		access->uid = privs.uid;
		access->gid = privs.gid;
	}
	privs_clear(&privs);
	return 0;
}

/* Does somebody listen on it? 1 yes, 0 no, -1 that cannot be told. */
static int
is_answered(const struct address *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int result = -1;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&address->address,
		address->size) == 0 || errno == EAGAIN)
		result = 1; /* EAGAIN: its listen queue is full */
	else if (errno == ECONNREFUSED || errno == ENOENT)
		result = 0;
	close(fd);
	return result;
}

/* Make way for our socket: remove what a dead server left. */
static int
clear_path(const struct address *address, const char *path)
{
	struct stat status;

	if (lstat(path, &status) != 0)
		return 0; /* bind says what is wrong, if anything is */
	if (!S_ISSOCK(status.st_mode)) {
		log_error("listen: unix:%s: a file that is no socket is "
			  "there; move it away or choose another path", path);
		return -1;
	}
	switch (is_answered(address)) {
	case 1:
		log_error("listen: unix:%s: another server listens there; "
			  "stop it or choose another path", path);
		return -1;
	case 0:
		break;
	default:
		log_error("listen: unix:%s: a socket is there, and whether "
			  "anybody listens cannot be told; remove it", path);
		return -1;
	}
	if (unlink(path) == 0 || errno == ENOENT) {
		log_info("removed unix:%s, left by a server that is gone",
		    path);
		return 0;
	}
	log_error("listen: unix:%s: the old socket cannot be removed: %s",
	    path, strerror(errno));
	return -1;
}

/* Say why bind failed, and what helps. */
static void
log_bind_error(const char *path, int error)
{
	int length = (int)(strrchr(path, '/') - path);

	if (length == 0)
		length = 1;
	if (error == ENOENT)
		log_error("listen: unix:%s: there is no directory %.*s; "
			  "create it: install -d -o policyd -g postfix -m "
			  "0710 %.*s", path, length, path, length, path);
	else if (error == EACCES || error == EROFS)
		log_error("listen: unix:%s: user %d may not write to the "
			  "directory %.*s: %s", path, (int)geteuid(), length,
		    path, strerror(error));
	else
		log_error("listen: unix:%s: %s", path, strerror(error));
}

static int
open_file(const char *path, struct stat *status)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, status) == 0 && S_ISSOCK(status->st_mode))
		return fd;
	close(fd);
	return -1;
}

/* Set owner and mode by descriptor: whoever owns the directory could put
 * another file in the place of the name meanwhile. */
static int
set_access(int file, const char *path, const struct stat *status,
    const struct socket_access *access)
{
	char proc[32];
	uid_t uid = geteuid() == 0 ? access->uid : (uid_t)-1;

	if (((uid != (uid_t)-1 && uid != status->st_uid) ||
		(access->gid != (gid_t)-1 && access->gid != status->st_gid)) &&
	    fchownat(file, "", uid, access->gid, AT_EMPTY_PATH) != 0) {
		log_warning("unix:%s: its owner cannot be set as socket.user "
			    "and socket.group say (is user %d in the group?): "
			    "%s", path, (int)geteuid(), strerror(errno));
		return -1;
	}
	if ((status->st_mode & 07777) == access->mode)
		return 0;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", file);
	if (chmod(proc, access->mode) != 0) {
		log_warning("unix:%s: its mode cannot be set as socket.mode "
			    "says: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* Bind fd; on success the file has owner and mode, but nobody listens yet. */
static int
bind_file(int fd, const struct address *address,
    const struct socket_access *access, struct socket_file *socket_file)
{
	const char *path = address_path(address);
	struct stat status;
	mode_t mask;
	int file, error;

	/* Linux takes the mode of the file from the socket: so it is right
	 * from the first moment. */
	(void)fchmod(fd, access->mode);
	mask = umask(0);
	error = bind(fd, (const struct sockaddr *)&address->address,
	    address->size) == 0 ? 0 : errno;
	umask(mask);
	if (error != 0) {
		log_bind_error(path, error);
		return -1;
	}
	file = open_file(path, &status);
	if (file < 0) {
		log_error("listen: unix:%s: lost at once; does another server "
			  "start there?", path);
		return -1;
	}
	socket_file->device = status.st_dev;
	socket_file->inode = status.st_ino;
	/* Without root's powers the socket may stay more closed than wanted,
	 * never more open. */
	error = set_access(file, path, &status, access);
	close(file);
	return geteuid() == 0 ? error : 0;
}

int
unix_socket_open(const struct address *address,
    const struct socket_access *access, struct socket_file *socket_file)
{
	const char *path = address_path(address);
	int fd;

	if (clear_path(address, path) != 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		log_error("listen: unix:%s: %s", path, strerror(errno));
		return -1;
	}
	*socket_file = (struct socket_file) { 0 };
	if (bind_file(fd, address, access, socket_file) != 0)
		goto fail;
	/* A full queue fails Postfix at once: as long as the kernel allows. */
	if (listen(fd, SOMAXCONN) == 0)
		return fd;
	log_error("listen: unix:%s: %s", path, strerror(errno));

fail:
	unix_socket_remove(path, socket_file);
	close(fd);
	return -1;
}

/* Open the file at path if it is still this one, else -1. */
static int
open_same(const char *path, const struct socket_file *socket_file,
    struct stat *status)
{
	int file = open_file(path, status);

	if (file < 0)
		return -1;
	if (socket_file->inode != 0 &&
	    status->st_dev == socket_file->device &&
	    status->st_ino == socket_file->inode)
		return file;
	close(file);
	return -1;
}

int
unix_socket_restrict(const char *path, const struct socket_file *socket_file,
    const struct socket_access *access)
{
	struct stat status;
	int file = open_same(path, socket_file, &status);
	int result;

	if (file < 0) {
		log_warning("unix:%s: the socket was removed or replaced: "
			    "clients cannot find us; restart", path);
		return -1;
	}
	result = set_access(file, path, &status, access);
	close(file);
	return result;
}

void
unix_socket_remove(const char *path, const struct socket_file *socket_file)
{
	struct stat status;
	int file = open_same(path, socket_file, &status);

	if (file < 0)
		return;
	close(file);
	if (unlink(path) != 0 && errno != ENOENT)
		log_warning("unix:%s cannot be removed: %s", path,
		    strerror(errno));
}
