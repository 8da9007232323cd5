/*
 * null.c -- a policy server that answers every request DUNNO, unread.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it costs is what sockets and processes cost any policy server: the
 * ceiling for what a server that does read its requests can reach here.
 *
 * usage: null PROCESSES SOCKET
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	EVENTS = 64,
	CLIENTS_MAX = 4096,	/* descriptors of one process */
	READ_SIZE = 16384,
};

static const char answer[] = "action=DUNNO\n\n";

/* Did what was read of a descriptor so far end with a newline? */
struct server {
	int epoll;
	int listener;
	bool at_newline[CLIENTS_MAX];
};

static void
watch(struct server *s, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		err(1, "epoll_ctl");
}

/* One client a time: the others are left to the other processes. */
static void
take_client(struct server *s)
{
	int fd = accept(s->listener, NULL, NULL);

	if (fd < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			err(1, "accept");
		return;
	}
	if (fd >= CLIENTS_MAX || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		errx(1, "too many clients");
	s->at_newline[fd] = false;
	watch(s, fd, EPOLLIN);
}

/* How many empty lines end in these bytes? */
static unsigned
count_requests(const char *bytes, size_t length, bool *at_newline)
{
	unsigned count = 0;

	for (size_t i = 0; i < length; i++) {
		bool is_newline = bytes[i] == '\n';

		if (is_newline && *at_newline) {
			count++;
			is_newline = false;
		}
		*at_newline = is_newline;
	}
	return count;
}

static void
serve_client(struct server *s, int fd)
{
	char bytes[READ_SIZE];
	ssize_t length = read(fd, bytes, sizeof bytes);
	unsigned requests;

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		close(fd);
		return;
	}
	requests = count_requests(bytes, (size_t)length, &s->at_newline[fd]);
	for (; requests > 0; requests--) {
		if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) {
			close(fd);
			return;
		}
	}
}

static void
serve(int listener)
{
	static struct server s;
	struct epoll_event events[EVENTS];

	s.listener = listener;
	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s.epoll < 0)
		err(1, "epoll_create1");
	watch(&s, listener, EPOLLIN | EPOLLEXCLUSIVE);
	for (;;) {
		int count = epoll_wait(s.epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == listener)
				take_client(&s);
			else
				serve_client(&s, events[i].data.fd);
		}
	}
}

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof address.sun_path)
		errx(64, "%s: longer than a socket's path can be", path);
	strcpy(address.sun_path, path);
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(fd, BACKLOG) != 0)
		err(1, "%s", path);
	return fd;
}

int
main(int argc, char **argv)
{
	int processes = argc == 3 ? atoi(argv[1]) : 0;
	int listener;

	if (processes < 1) {
		fprintf(stderr, "usage: null PROCESSES SOCKET\n");
		return 64;
	}
	listener = listen_at(argv[2]);
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			/* Whatever ends the parent ends its children. */
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			serve(listener);
		}
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return 1;
}
