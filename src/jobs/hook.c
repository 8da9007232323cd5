/*
 * hook.c -- run the administrator's program with an event (notify.exec).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */

#include "jobs/hook.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	LONGEST_OUTPUT = 4096,
	/* How often to look whether it has ended, at first and at most: no
	 * signal and no descriptor tells that in POSIX. */
	FIRST_TICK_MS = 2,
	LAST_TICK_MS = 100,
};

struct hook {
	pid_t pid;
	int in, out;		/* our ends of its pipes; -1 when closed */
	const char *input;
	size_t left;		/* of input */
	char output[LONGEST_OUTPUT + 1];
	struct text captured;
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
	if (pipe(ends) != 0)
		return -1;
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
set_actions(posix_spawn_file_actions_t *actions, int in, int out)
{
	int failed = 0;

	failed |= posix_spawn_file_actions_adddup2(actions, in, 0);
	failed |= posix_spawn_file_actions_adddup2(actions, out, 1);
	failed |= posix_spawn_file_actions_adddup2(actions, out, 2);
	failed |= posix_spawn_file_actions_addclosefrom_np(actions, 3);
	failed |= posix_spawn_file_actions_addchdir_np(actions, "/");
	return failed;
}

/* Start it with its ends of the pipes. Return 0 or an error number. */
static int
spawn(pid_t *pid, const struct strings *command, int in, int out)
{
	char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:"
		      "/usr/bin:/sbin:/bin";
	char language[] = "LANG=C.UTF-8";
	char *const environment[] = { path, language, NULL };
	char **arguments = mem_new(command->count + 1, sizeof(*arguments));
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed;

	memcpy(arguments, command->list,
	    command->count * sizeof(*arguments));
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	failed = set_attributes(&attributes) | set_actions(&actions, in, out);
	if (failed)
		failed = ENOMEM;
	else
		failed = posix_spawn(pid, arguments[0], &actions, &attributes,
		    arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	free(arguments);
	return failed;
}

/* Return 0 or an error number. */
static int
start(struct hook *hook, const struct strings *command)
{
	int in[2], out[2];
	int failed;

	if (open_pipe(in, 1) != 0)
		return errno;
	if (open_pipe(out, 0) != 0) {
		failed = errno;
		close(in[0]);
		close(in[1]);
		return failed;
	}
	failed = spawn(&hook->pid, command, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	hook->in = in[1];
	hook->out = out[0];
	return failed;
}

/* What it does not read is no failure: it may know enough by being run. */
static void
feed(struct hook *hook)
{
	ssize_t done = write(hook->in, hook->input, hook->left);

	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done > 0) {
		hook->input += done;
		hook->left -= (size_t)done;
	}
	if (done < 0 || hook->left == 0)
		shut(&hook->in);
}

/* Take what it prints, even what is not kept: it must not get stuck. */
static void
capture(struct hook *hook)
{
	char bytes[4096];
	ssize_t done = read(hook->out, bytes, sizeof(bytes));

	if (done < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (done <= 0)
		shut(&hook->out);
	else
		text_add_n(&hook->captured, bytes, (size_t)done);
}

/* Has it ended? It is not reaped yet, so that its number stays its own. */
static bool
has_ended(const struct hook *hook)
{
	siginfo_t info;

	info.si_pid = 0;
	return waitid(P_PID, (id_t)hook->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    info.si_pid == hook->pid;
}

/* Attend to it until it ends. Return -1 if the deadline comes first. */
static int
attend(struct hook *hook, int64_t deadline_ms)
{
	int tick = FIRST_TICK_MS;

	while (!has_ended(hook)) {
		struct pollfd wait[] = {
			{ .fd = hook->in, .events = POLLOUT },
			{ .fd = hook->out, .events = POLLIN },
		};
		int left = clock_left_ms(deadline_ms);

		if (left == 0)
			return -1;
		poll(wait, 2, tick < left ? tick : left);
		if (wait[0].revents != 0)
			feed(hook);
		if (wait[1].revents != 0)
			capture(hook);
		tick = tick * 2 < LAST_TICK_MS ? tick * 2 : LAST_TICK_MS;
	}
	return 0;
}

/* Log what it printed, line by line. */
static void
log_output(const char *name, struct text *captured)
{
	char *rest = NULL;

	for (size_t i = 0; i < captured->length; i++)
		if (captured->bytes[i] == '\0')
			captured->bytes[i] = ' ';
	for (char *line = strtok_r(captured->bytes, "\r\n", &rest);
	     line != NULL; line = strtok_r(NULL, "\r\n", &rest))
		log_info("%s: %s", name, line);
	if (captured->is_cut)
		log_info("%s: (more of its output is not logged)", name);
}

static enum delivery
judge(int status, bool is_late, struct text *why)
{
	if (is_late) {
		text_add(why, "killed: it took too long");
		return DELIVERY_RETRY;
	}
	if (WIFSIGNALED(status)) {
		text_printf(why, "ended by signal %d", WTERMSIG(status));
		return DELIVERY_RETRY;
	}
	text_printf(why, "exit status %d", WEXITSTATUS(status));
	if (WEXITSTATUS(status) == EX_TEMPFAIL)
		return DELIVERY_RETRY;
	return WEXITSTATUS(status) == 0 ? DELIVERY_DONE : DELIVERY_REFUSED;
}

enum delivery
hook_run(const struct strings *command, const char *input, uint32_t timeout_ms,
    char text[DELIVERY_TEXT])
{
	int64_t deadline_ms = clock_mono_ms() + timeout_ms;
	struct hook hook = { .input = input, .left = strlen(input) };
	struct text why;
	int status = 0;
	pid_t reaped;
	bool is_late;
	int failed;

	text_init(&why, text, DELIVERY_TEXT);
	text_init(&hook.captured, hook.output, sizeof(hook.output));
	failed = start(&hook, command);
	if (failed != 0) {
		text_printf(&why, "cannot run %s: %s", command->list[0],
		    strerror(failed));
		shut(&hook.in);
		shut(&hook.out);
		return DELIVERY_RETRY;
	}
	is_late = attend(&hook, deadline_ms) != 0;
	/* While it is not reaped no other group can have this number. */
	kill(-hook.pid, SIGKILL);
	while ((reaped = waitpid(hook.pid, &status, 0)) < 0 && errno == EINTR)
		;
	for (int i = 0; i < 2 && hook.out >= 0; i++)
		capture(&hook);
	shut(&hook.in);
	shut(&hook.out);
	log_output(command->list[0], &hook.captured);
	if (reaped != hook.pid) {
		text_add(&why, "nobody knows how it ended");
		return DELIVERY_RETRY;
	}
	return judge(status, is_late, &why);
}
