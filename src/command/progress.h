/*
 * progress.h -- how far a job is that takes long, for who waits at a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_PROGRESS_H
#define COMMAND_PROGRESS_H

#include <stdint.h>

struct progress {
	int64_t next_ms;	/* monotonic; 0: not begun */
	int is_shown;
};

/* So many of what (in the plural) are done. Nothing is shown in the first two
 * seconds, nor if standard error is no terminal. */
void progress_tell(struct progress *, uint64_t count, const char *what);

/* The line goes. */
void progress_end(struct progress *);

#endif
