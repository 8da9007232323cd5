/*
 * task_process.c -- work in a process of its own, with a hard deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* close_range */

#include "server/task_process.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* It cannot be blocked, caught or forgotten: the default action stays. */
static void
set_deadline(uint32_t timeout_ms)
{
	const struct itimerval when = {
		.it_value = { timeout_ms / 1000, timeout_ms % 1000 * 1000 },
	};

	setitimer(ITIMER_REAL, &when, NULL);
}

static void
set_signals(void)
{
	sigset_t alarm;

	signal(SIGALRM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

/* A brother's pipe, kept open here, would keep him from seeing our parent's
 * death. */
static void
close_others(int fd)
{
	int log_fd = log_descriptor();
	int first = fd < log_fd ? fd : log_fd;
	int last = fd < log_fd ? log_fd : fd;

	if (first <= STDERR_FILENO)
		first = STDERR_FILENO;
	else if (first > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)first - 1, 0);
	if (last > first + 1)
		close_range((unsigned)first + 1, (unsigned)last - 1, 0);
	close_range((unsigned)last + 1, UINT_MAX, 0);
}

int
task_start(struct task *task, void (*work)(int fd, void *data), void *data,
    uint32_t timeout_ms)
{
	int ends[2];

	if (pipe(ends) != 0)
		return -1;
	task->pid = fork();
	if (task->pid == 0) {
		set_signals();
		set_deadline(timeout_ms > 0 ? timeout_ms : 1);
		close_others(ends[1]);
		work(ends[1], data);
		_exit(EX_OK);
	}
	close(ends[1]);
	if (task->pid < 0) {
		int error = errno;

		close(ends[0]);
		*task = (struct task){ 0, -1 };
		errno = error;
		return -1;
	}
	task->fd = ends[0];
	fcntl(task->fd, F_SETFD, FD_CLOEXEC);
	fcntl(task->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

void
task_hurry(uint32_t timeout_ms)
{
	struct itimerval left;

	getitimer(ITIMER_REAL, &left);
	if (left.it_value.tv_sec * 1000 + left.it_value.tv_usec / 1000 >
	    (long)timeout_ms)
		set_deadline(timeout_ms);
}

void
task_halt(const struct task *task)
{
	siginfo_t info;

	if (task->pid <= 0 || kill(task->pid, SIGSTOP) != 0)
		return;
	while (waitid(P_PID, (id_t)task->pid, &info,
		   WSTOPPED | WEXITED | WNOWAIT) != 0 &&
	       errno == EINTR)
		;
}

void
task_go_on(const struct task *task)
{
	if (task->pid > 0)
		kill(task->pid, SIGCONT);
}

void
task_kill(const struct task *task)
{
	if (task->pid > 0)
		kill(task->pid, SIGKILL);
}

bool
task_end(struct task *task)
{
	int status = 0;
	pid_t reaped;

	if (task->pid == 0)
		return false;
	do
		reaped = waitpid(task->pid, &status, 0);
	while (reaped < 0 && errno == EINTR);
	close(task->fd);
	*task = (struct task){ 0, -1 };
	return reaped > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
}
