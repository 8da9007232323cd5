/*
 * run_program.c -- run a program: its input, its output, a deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */

#include "server/run_program.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* How often to look whether it has ended, at first and at most: no
	 * signal and no descriptor tells that in POSIX. */
	FIRST_TICK_MS = 2,
	LAST_TICK_MS = 100,
};

struct running {
	const struct program *program;
	pid_t pid;
	int in, out, err;	/* our ends of its pipes; -1 when closed */
	const char *input;	/* what is left of it */
	size_t left;
};

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A pipe whose end `ours` (0 reads, 1 writes) is not inherited. */
static int
open_pipe(int ends[2], int ours)
{
	if (pipe(ends) != 0) {
		ends[0] = ends[1] = -1;
		return -1;
	}
	fcntl(ends[ours], F_SETFD, FD_CLOEXEC);
	fcntl(ends[ours], F_SETFL, O_NONBLOCK);
	return 0;
}

static int
set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t signals;
	int failed = 0;

	sigemptyset(&signals);
	failed |= posix_spawnattr_setsigmask(attributes, &signals);
	sigfillset(&signals);
	failed |= posix_spawnattr_setsigdefault(attributes, &signals);
	failed |= posix_spawnattr_setpgroup(attributes, 0);
	failed |= posix_spawnattr_setflags(attributes,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETPGROUP);
	return failed;
}

static int
set_actions(posix_spawn_file_actions_t *actions, int in, int out, int err)
{
	int failed = 0;

	failed |= posix_spawn_file_actions_adddup2(actions, in, 0);
	failed |= posix_spawn_file_actions_adddup2(actions, out, 1);
	failed |= posix_spawn_file_actions_adddup2(actions, err, 2);
	failed |= posix_spawn_file_actions_addclosefrom_np(actions, 3);
	failed |= posix_spawn_file_actions_addchdir_np(actions, "/");
	return failed;
}

/* Start it with its ends of the pipes. Return 0 or an error number. */
static int
spawn(struct running *running, int in, int out, int err)
{
	char path[] = "PATH=" PROGRAM_PATH;
	char language[] = "LANG=C.UTF-8";
	char *const environment[] = { path, language, NULL };
	/* posix_spawn changes no argument, but does not say so. */
	union {
		const char *const *given;
		char *const *wanted;
	} arguments = { .given = running->program->arguments };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	failed = set_attributes(&attributes) |
	    set_actions(&actions, in, out, err);
	if (failed)
		failed = ENOMEM;
	else
		failed = posix_spawn(&running->pid, arguments.given[0],
		    &actions, &attributes, arguments.wanted, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* Return 0 or an error number. */
static int
start(struct running *running)
{
	bool has_errors = running->program->errors != NULL;
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int failed = 0;

	if (open_pipe(in, 1) != 0 || open_pipe(out, 0) != 0 ||
	    (has_errors && open_pipe(err, 0) != 0))
		failed = errno;
	else
		failed = spawn(running, in[0], out[1],
		    has_errors ? err[1] : out[1]);
	shut(&in[0]);
	shut(&out[1]);
	shut(&err[1]);
	running->in = in[1];
	running->out = out[0];
	running->err = err[0];
	return failed;
}

/* What it does not read is no failure: it may know enough by being run. */
static void
feed(struct running *running)
{
	ssize_t done = write(running->in, running->input, running->left);

	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done > 0) {
		running->input += done;
		running->left -= (size_t)done;
	}
	if (done < 0 || running->left == 0)
		shut(&running->in);
}

/* Take what there is; true: there may be more at once. */
static bool
capture(const struct program *program, int *fd, bool is_error)
{
	char bytes[16384];
	ssize_t done = read(*fd, bytes, sizeof(bytes));

	if (done < 0 && errno == EINTR)
		return true;
	if (done < 0 && errno == EAGAIN)
		return false;
	if (done <= 0)
		shut(fd);
	else if (is_error)
		text_add_n(program->errors, bytes, (size_t)done);
	else
		program->take(program->taker, bytes, (size_t)done);
	return done > 0;
}

/* Has it ended? It is not reaped yet, so that its number stays its own. */
static bool
has_ended(const struct running *running)
{
	siginfo_t info;

	info.si_pid = 0;
	return waitid(P_PID, (id_t)running->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    info.si_pid == running->pid;
}

/* Attend to it until it ends. Return -1 if the deadline comes first. */
static int
attend(struct running *running, int64_t deadline_ms)
{
	int tick = FIRST_TICK_MS;

	while (!has_ended(running)) {
		struct pollfd wait[] = {
			{ .fd = running->in, .events = POLLOUT },
			{ .fd = running->out, .events = POLLIN },
			{ .fd = running->err, .events = POLLIN },
		};
		int left = clock_left_ms(deadline_ms);

		if (left == 0)
			return -1;
		if (poll(wait, 3, tick < left ? tick : left) > 0)
			tick = FIRST_TICK_MS;
		else
			tick = tick * 2 < LAST_TICK_MS ? tick * 2 :
							 LAST_TICK_MS;
		if (wait[0].revents != 0)
			feed(running);
		if (wait[1].revents != 0)
			capture(running->program, &running->out, false);
		if (wait[2].revents != 0)
			capture(running->program, &running->err, true);
	}
	return 0;
}

/* Take the last of what it printed. */
static void
drain(struct running *running)
{
	while (running->out >= 0 &&
	    capture(running->program, &running->out, false))
		;
	while (running->err >= 0 &&
	    capture(running->program, &running->err, true))
		;
}

enum program_end
program_run(const struct program *program, int *status)
{
	int64_t deadline_ms = clock_mono_ms() + program->timeout_ms;
	struct running running = { .program = program,
		.input = program->input, .left = program->input_length };
	bool is_late = false;
	pid_t reaped = -1;
	int ended = 0;

	*status = start(&running);
	if (*status == 0) {
		if (running.left == 0)
			shut(&running.in);
		is_late = attend(&running, deadline_ms) != 0;
		/* Not reaped yet: no other group can have this number. */
		kill(-running.pid, SIGKILL);
		while ((reaped = waitpid(running.pid, &ended, 0)) < 0 &&
		    errno == EINTR)
			;
		drain(&running);
	}
	shut(&running.in);
	shut(&running.out);
	shut(&running.err);
	if (*status != 0)
		return PROGRAM_FAILED;
	if (reaped != running.pid) {
		*status = ECHILD;
		return PROGRAM_FAILED;
	}
	if (is_late)
		return PROGRAM_LATE;
	*status = WIFSIGNALED(ended) ? WTERMSIG(ended) : WEXITSTATUS(ended);
	return WIFSIGNALED(ended) ? PROGRAM_SIGNALED : PROGRAM_EXITED;
}

void
program_explain(enum program_end end, int status, struct text *text)
{
	switch (end) {
	case PROGRAM_EXITED:
		text_printf(text, "exit status %d", status);
		break;
	case PROGRAM_SIGNALED:
		text_printf(text, "ended by signal %d", status);
		break;
	case PROGRAM_LATE:
		text_add(text, "killed: it took too long");
		break;
	case PROGRAM_FAILED:
	default:
		text_printf(text, "cannot be run: %s", strerror(status));
		break;
	}
}

int
program_find(const char *name, char path[PATH_MAX])
{
	for (const char *from = PROGRAM_PATH; *from != '\0';) {
		size_t length = strcspn(from, ":");
		struct stat info;

		snprintf(path, PATH_MAX, "%.*s/%s", (int)length, from, name);
		if (stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
		    access(path, X_OK) == 0)
			return 0;
		from += length + (from[length] == ':');
	}
	return -1;
}
