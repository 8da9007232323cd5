/*
 * background.c -- go to the background, and tell the caller how it went.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _GNU_SOURCE /* pipe2 */
#include "server/background.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* In the caller: wait for the byte that means ready, or for the end. */
static int
await(int fd, pid_t daemon_pid)
{
	int wait_status;
	char byte;
	ssize_t length;

	do
		length = read(fd, &byte, 1);
	while (length < 0 && errno == EINTR);
	if (length == 1)
		return 0;
	while (waitpid(daemon_pid, &wait_status, 0) < 0)
		if (errno != EINTR)
			return EX_OSERR;
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
		log_error("the daemon was stopped before it was ready");
	else
		log_error("the daemon did not start; its log says why");
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) != 0)
		return WEXITSTATUS(wait_status);
	return EX_UNAVAILABLE;
}

int
background_start(struct background *background, int *status)
{
	int pair[2];

	if (pipe2(pair, O_CLOEXEC) != 0)
		goto fail;
	background->pid = fork();
	if (background->pid < 0) {
		close(pair[0]);
		close(pair[1]);
		goto fail;
	}
	background->is_daemon = background->pid == 0;
	if (!background->is_daemon) {
		background->fd = -1;
		close(pair[1]);
		*status = await(pair[0], background->pid);
		close(pair[0]);
		return 0;
	}
	close(pair[0]);
	background->fd = pair[1];
	/* A second fork would only keep a session leader from getting a
	 * terminal by opening one; we open none. */
	setsid();
	if (chdir("/") != 0)
		log_warning("cannot change to /: %s", strerror(errno));
	return 0;

fail:
	log_error("cannot go to the background: %s", strerror(errno));
	return -1;
}

bool
background_loses_stderr(void)
{
	struct stat status;

	/* A file was given on purpose. A pipe would keep its reader (ssh, a
	 * start script) waiting for the end that does not come. */
	return fstat(STDERR_FILENO, &status) != 0 ||
	    !S_ISREG(status.st_mode);
}

void
background_set_log(const struct background *background,
    const struct log_options *wanted)
{
	struct log_options options = *wanted;

	if (background->is_daemon && background_loses_stderr())
		options.to_syslog = true;
	log_setup(&options);
}

void
background_detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0) {
		log_warning("cannot open /dev/null: %s", strerror(errno));
		return;
	}
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	if (background_loses_stderr())
		dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

void
background_ready(struct background *background)
{
	if (background->fd < 0)
		return;
	/* A caller that is gone already does not matter. */
	(void)!write(background->fd, "", 1);
	close(background->fd);
	background->fd = -1;
}
