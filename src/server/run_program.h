/*
 * run_program.h -- run a program: its input, its output, a deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is run directly, without a shell, as the user of this process, in the
 * directory /, with PATH and LANG as its whole environment, signals as at
 * login, no descriptors but 0, 1 and 2, and in a process group of its own.
 * When it ends, however it ends, what is left of its group is killed. The
 * process must ignore SIGPIPE and not wait for all children elsewhere.
 */
#ifndef SERVER_RUN_PROGRAM_H
#define SERVER_RUN_PROGRAM_H

#include "base/text.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct program {
	const char *const *arguments;	/* the path first, NULL at the end */
	const char *input;	/* it need not read it */
	size_t input_length;
	/* What it prints, in pieces as they come. */
	void (*take)(void *taker, const char *bytes, size_t length);
	void *taker;
	/* Its standard error; NULL: that goes the way of its output. */
	struct text *errors;
	uint32_t timeout_ms;
};

enum program_end {
	PROGRAM_EXITED,		/* status is its exit status */
	PROGRAM_SIGNALED,	/* status is the signal's number */
	PROGRAM_LATE,		/* it was killed after timeout_ms */
	PROGRAM_FAILED,		/* status is an errno: it could not be run */
};

/* Run it to its end; blocks for timeout_ms at most. */
enum program_end program_run(const struct program *, int *status);

/* Say how a program ended that did not exit with 0: "exit status 1", "ended by
 * signal 9", "killed: it took too long", "cannot be run: ...". */
void program_explain(enum program_end, int status, struct text *);

/*
 * Write the path of a program of the system to path: where it is in
 * PROGRAM_PATH, whatever the environment says. Return 0, or -1 if it is
 * nowhere.
 */
#define PROGRAM_PATH                                                           \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
int program_find(const char *name, char path[PATH_MAX]);

#endif
