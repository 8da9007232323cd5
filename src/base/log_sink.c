/*
 * log_sink.c -- where lines of the log go: standard error or syslog.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* SOCK_CLOEXEC, F_SETPIPE_SZ */
#include "base/log_sink.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum {
	/* What a user may have without being asked (pipe(7)). */
	PIPE_ROOM = 1 << 20,
	/* How often a syslog that is away is looked for. */
	RETRY_MS = 1000,
};

static void
shut(struct log_sink *sink)
{
	if (sink->is_own && sink->fd >= 0)
		close(sink->fd);
	*sink = (struct log_sink) { .fd = -1 };
}

/* A descriptor of our own for what standard error is, that never waits; -1 if
 * there can be none. */
static int
open_anew(void)
{
	int fd = open("/proc/self/fd/2",
	    O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_ROOM);
	return fd;
}

void
log_sink_stderr(struct log_sink *sink)
{
	struct stat status;
	bool is_known = fstat(STDERR_FILENO, &status) == 0;

	/* Once privileges are gone a terminal may not be opened again. */
	if (is_known && sink->kind == SINK_WRITE &&
	    status.st_dev == sink->device && status.st_ino == sink->inode)
		return;
	shut(sink);
	sink->fd = STDERR_FILENO;
	sink->kind = SINK_WRITE;
	if (!is_known)
		return;
	sink->device = status.st_dev;
	sink->inode = status.st_ino;
	sink->is_file = S_ISREG(status.st_mode);
	if (S_ISSOCK(status.st_mode)) {
		sink->kind = SINK_SEND;
	} else if (!sink->is_file) {
		/* Files have no readers; a second opening of one would not
		 * share its position. */
		int own = open_anew();

		sink->is_own = own >= 0;
		if (sink->is_own)
			sink->fd = own;
	}
}

void
log_sink_syslog(struct log_sink *sink, const char *path)
{
	if (sink->kind == SINK_SYSLOG && strcmp(sink->path, path) == 0)
		return;
	shut(sink);
	sink->kind = SINK_SYSLOG;
	sink->is_own = true;
	sink->path = path;
}

/* --- standard error ------------------------------------------------------ */

static ssize_t
push(const struct log_sink *sink, struct iovec *parts, int count)
{
	struct msghdr message = { .msg_iov = parts,
		.msg_iovlen = (size_t)count };
	struct pollfd wait = { .fd = sink->fd, .events = POLLOUT };

	if (sink->kind == SINK_SEND)
		return sendmsg(sink->fd, &message,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	/* One that could not be opened anew may still wait, if somebody else
	 * takes the room between the question and the write. */
	if (!sink->is_own && !sink->is_file && (poll(&wait, 1, 0) != 1 ||
	    !(wait.revents & POLLOUT))) {
		errno = EAGAIN;
		return -1;
	}
	return writev(sink->fd, parts, count);
}

/* How many there are behind what was taken; the newline of one that lacks it
 * alone comes with the next. */
static unsigned
count_lost(const char *lines, size_t length, size_t taken)
{
	unsigned lost = 0;

	for (size_t i = taken; i < length; i++)
		lost += lines[i] == '\n' &&
		    (i > taken || taken == 0 || lines[i - 1] == '\n');
	return lost;
}

static int
put_stderr(struct log_sink *sink, const char *lines, size_t length,
    size_t *taken)
{
	char newline[] = "\n";
	/* An iovec does not say that what is written stays as it is. */
	union {
		const char *given;
		char *wanted;
	} text = { .given = lines };
	struct iovec parts[] = { { newline, 1 }, { text.wanted, length } };
	int first = sink->is_torn ? 0 : 1;
	size_t before = sink->is_torn ? 1 : 0;
	ssize_t done;

	do
		done = push(sink, &parts[first], 2 - first);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		return errno;
	if (done == 0)
		return EAGAIN;
	*taken = (size_t)done - before;
	sink->is_torn = *taken > 0 && lines[*taken - 1] != '\n';
	return *taken == length ? 0 : EAGAIN;
}

/* --- syslog --------------------------------------------------------------- */

static int
find_syslog(struct log_sink *sink)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	if (clock_mono_ms() < sink->retry_ms)
		return ENOTCONN;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", sink->path);
	sink->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (sink->fd >= 0 && connect(sink->fd,
		(const struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	error = errno;
	if (sink->fd >= 0)
		close(sink->fd);
	sink->fd = -1;
	sink->retry_ms = clock_mono_ms() + RETRY_MS;
	return error;
}

static int
send_syslog(struct log_sink *sink, const char *bytes, size_t length)
{
	int error = sink->fd >= 0 ? 0 : find_syslog(sink);

	if (error != 0)
		return error;
	if (send(sink->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == ENOBUFS ? EAGAIN : errno;
}

static int
put_syslog(struct log_sink *sink, int priority, const char *line,
    size_t length)
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	char bytes[8192];
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm local;
	int size, error;

	if (localtime_r(&now, &local) == NULL)
		memset(&local, 0, sizeof(local));
	size = snprintf(bytes, sizeof(bytes),
	    "<%d>%s %2d %02d:%02d:%02d policyd[%d]: %.*s",
	    LOG_MAIL | priority, months[local.tm_mon], local.tm_mday,
	    local.tm_hour, local.tm_min, local.tm_sec, (int)getpid(),
	    (int)length - 1, line);
	if ((size_t)size >= sizeof(bytes))
		size = (int)sizeof(bytes) - 1;
	error = send_syslog(sink, bytes, (size_t)size);
	if (error == 0 || error == EAGAIN || sink->fd < 0)
		return error;
	/* It was started anew: another socket has its name now. */
	close(sink->fd);
	sink->fd = -1;
	return send_syslog(sink, bytes, (size_t)size);
}

int
log_sink_put(struct log_sink *sink, int priority, const char *lines,
    size_t length, unsigned *lost)
{
	size_t taken = 0;
	int error;

	if (sink->kind == SINK_CLOSED)
		log_sink_stderr(sink);
	if (sink->kind == SINK_SYSLOG)
		error = put_syslog(sink, priority, lines, length);
	else
		error = put_stderr(sink, lines, length, &taken);
	*lost = error != 0 ? count_lost(lines, length, taken) : 0;
	return error;
}
