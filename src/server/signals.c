/*
 * signals.c -- signals of the master, and of the processes it forks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* ppoll */
#include "server/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const int caught[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT,
	SIGCHLD };

static volatile sig_atomic_t has_come[NSIG];

static void
note(int signal)
{
	has_come[signal] = 1;
}

static void
set_action(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

void
signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		set_action(caught[i], note, 0);
	set_action(SIGPIPE, SIG_IGN, 0);
}

bool
signals_take(int signal)
{
	if (!has_come[signal])
		return false;
	has_come[signal] = 0;
	return true;
}

int
signals_wait(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	struct timespec timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = (timeout_ms % 1000) * 1000000L,
	};
	sigset_t none;
	int ready;

	sigemptyset(&none);
	ready = ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, &none);
	if (ready > 0)
		return ready;
	for (nfds_t i = 0; i < count; i++)
		fds[i].revents = 0;
	return 0;
}

void
signals_child(void)
{
	static const int ignored[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGINT,
		SIGPIPE };
	sigset_t term;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_action(ignored[i], SIG_IGN, 0);
	set_action(SIGTERM, SIG_DFL, 0);
	set_action(SIGCHLD, SIG_DFL, 0);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_SETMASK, &term, NULL);
}
