/*
 * systemd_sockets.c -- sockets that the service manager passed (sd_listen_fds(3)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/systemd_sockets.h"

#include "base/log.h"
#include "base/text.h"
#include "server/socket_address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_FD = 3 }; /* SD_LISTEN_FDS_START */

/* How many the environment says were passed to us; -1: nonsense. */
static int
read_environment(void)
{
	const char *pid = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	int64_t number;

	if (pid == NULL || count == NULL ||
	    text_parse_number(pid, INT32_MAX) != getpid())
		return 0;
	number = text_parse_number(count, ADOPT_MAX);
	if (number < 0)
		log_error("LISTEN_FDS=%s: at most %d sockets can be passed",
		    count, ADOPT_MAX);
	return (int)number;
}

static bool
has_option(int fd, int option, int wanted)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 &&
	    value == wanted;
}

static int
adopt(int fd)
{
	struct address address;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
		log_error("descriptor %d, passed by systemd: %s", fd,
		    strerror(errno));
		return -1;
	}
	if (!has_option(fd, SO_TYPE, SOCK_STREAM) ||
	    !has_option(fd, SO_ACCEPTCONN, 1) ||
	    address_of(fd, &address) != 0) {
		log_error("descriptor %d, passed by systemd, is no listening "
			  "stream socket: the socket unit needs ListenStream= "
			  "and Accept=no", fd);
		return -1;
	}
	return 0;
}

/* Of each socket: set once, at start. */
static bool may_be_policy[ADOPT_MAX];

/* Names are separated by colons; "unknown" is none. */
static void
read_names(int count)
{
	const char *at = getenv("LISTEN_FDNAMES");

	for (int i = 0; i < count; i++) {
		size_t length = at != NULL ? strcspn(at, ":") : 0;
		bool is_named = length > 0 &&
		    !(length == 7 && memcmp(at, "unknown", 7) == 0);

		may_be_policy[i] = is_named ?
		    (length == 14 && memcmp(at, "policyd.socket", 14) == 0) ||
			(length == 6 && memcmp(at, "policy", 6) == 0) :
		    count == 1;
		if (at != NULL)
			at += length + (at[length] == ':');
	}
}

bool
adopted_may_be_policy(int i)
{
	return i >= 0 && i < ADOPT_MAX && may_be_policy[i];
}

int
adopt_listeners(int fds[ADOPT_MAX])
{
	int count = read_environment();
	bool is_good = count >= 0;

	read_names(count);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	for (int i = 0; i < count; i++) {
		fds[i] = FIRST_FD + i;
		if (adopt(fds[i]) != 0)
			is_good = false;
	}
	if (is_good)
		return count;
	for (int i = 0; i < count; i++)
		close(fds[i]);
	return -1;
}
