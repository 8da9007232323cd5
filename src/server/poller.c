/*
 * poller.c -- wait for many descriptors at once (epoll(7)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server/poller.h"

#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 256 };

struct poller {
	int fd;
	sigset_t mask; /* while waiting */
	struct epoll_event events[EVENTS_MAX];
};

static volatile sig_atomic_t is_told;

static void
on_term(int signal)
{
	(void)signal;
	is_told = 1;
}

void
poller_catch_term(void)
{
	struct sigaction action = { .sa_handler = on_term };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
}

bool
poller_is_told(void)
{
	return is_told != 0;
}

struct poller *
poller_new(void)
{
	struct poller *poller = mem_new(1, sizeof(*poller));

	poller->fd = epoll_create1(EPOLL_CLOEXEC);
	if (poller->fd < 0) {
		free(poller);
		return NULL;
	}
	sigprocmask(SIG_SETMASK, NULL, &poller->mask);
	sigdelset(&poller->mask, SIGTERM);
	return poller;
}

void
poller_free(struct poller *poller)
{
	if (poller == NULL)
		return;
	close(poller->fd);
	free(poller);
}

static int
control(struct poller *poller, int operation, int fd, enum interest interest,
    void *tag)
{
	static const uint32_t events[] = {
		[INTEREST_NONE] = 0,
		[INTEREST_READ] = EPOLLIN,
		[INTEREST_WRITE] = EPOLLOUT,
	};
	struct epoll_event event = { .events = events[interest],
		.data.ptr = tag };

	return epoll_ctl(poller->fd, operation, fd, &event);
}

int
poller_add(struct poller *poller, int fd, enum interest interest, void *tag)
{
	return control(poller, EPOLL_CTL_ADD, fd, interest, tag);
}

int
poller_change(struct poller *poller, int fd, enum interest interest, void *tag)
{
	return control(poller, EPOLL_CTL_MOD, fd, interest, tag);
}

void
poller_remove(struct poller *poller, int fd)
{
	control(poller, EPOLL_CTL_DEL, fd, INTEREST_NONE, NULL);
}

size_t
poller_wait(struct poller *poller, void **tags, size_t most, int timeout_ms)
{
	int count = epoll_pwait(poller->fd, poller->events,
	    most < EVENTS_MAX ? (int)most : EVENTS_MAX, timeout_ms,
	    &poller->mask);

	for (int i = 0; i < count; i++)
		tags[i] = poller->events[i].data.ptr;
	return count < 0 ? 0 : (size_t)count;
}
