/*
 * background.h -- go to the background, and tell the caller how it went.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The process that was called forks the daemon and waits until it is ready or
 * has failed, so that a start script learns the truth.
 */
#ifndef SERVER_BACKGROUND_H
#define SERVER_BACKGROUND_H

#include "base/log.h"

#include <stdbool.h>
#include <sys/types.h>

struct background {
	bool is_daemon;	/* this process is the daemon */
	int fd;		/* the daemon's way to its caller; -1: none or done */
	pid_t pid;	/* in the caller: the daemon */
};

/*
 * Fork. In the daemon, a session of its own in "/", return at once. In the
 * caller return when the daemon is ready or dead, with the exit status in
 * *status. On failure log why and return -1.
 */
int background_start(struct background *, int *status);

/* Would a log on stderr be lost in the background? */
bool background_loses_stderr(void);

/* Set up the log; to syslog, whatever the options say, where stderr is
 * lost. */
void background_set_log(const struct background *, const struct log_options *);

/* In the daemon, before it forks: let go of the terminal. Stdin and stdout
 * become /dev/null, stderr too unless it is a file. */
void background_detach(void);

/* In the daemon, once it is ready: let the caller go. */
void background_ready(struct background *);

#endif
