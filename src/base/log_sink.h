/*
 * log_sink.h -- where lines of the log go: standard error or syslog.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing here waits: a line that is not taken at once is lost, and the caller
 * learns why. What is written is whole lines; when only the first part of one
 * was taken (a terminal, the journal, a full disk), the next begins a new one.
 */
#ifndef BASE_LOG_SINK_H
#define BASE_LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* All zero: nothing is open yet. */
struct log_sink {
	enum { SINK_CLOSED, SINK_WRITE, SINK_SEND, SINK_SYSLOG } kind;
	int fd;			/* -1: syslog is away */
	bool is_own;		/* to be closed */
	bool is_file;		/* and can always be written */
	bool is_torn;		/* the last line has no end yet */
	dev_t device;		/* of standard error as it was opened */
	ino_t inode;
	const char *path;	/* of syslog's socket */
	int64_t retry_ms;	/* when it may be tried again (monotonic) */
};

/*
 * To standard error. A pipe or a terminal is opened anew, since whether it
 * waits is a matter of the open file, which others share; a pipe gets all the
 * room that it may have. Call it again when standard error may have changed.
 */
void log_sink_stderr(struct log_sink *);

/* To the datagram socket at path, which must outlive the sink, as syslog(3)
 * does (RFC 3164, without the host's name), with facility mail. */
void log_sink_syslog(struct log_sink *, const char *path);

/*
 * Write lines, each of which ends with a newline, of that priority (syslog(3));
 * to syslog it is one. Return 0, or an error number: EAGAIN means that nobody
 * reads. So many of them are not out, or not whole.
 */
int log_sink_put(struct log_sink *, int priority, const char *lines,
    size_t length, unsigned *lost);

#endif
