/*
 * progress.c -- how far a job is that takes long, for who waits at a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "command/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

enum { FIRST_MS = 2000, STEP_MS = 500 };

void
progress_tell(struct progress *progress, uint64_t count, const char *what)
{
	int64_t now_ms = clock_mono_ms();

	if (progress->next_ms == 0)
		progress->next_ms = now_ms + FIRST_MS;
	if (now_ms < progress->next_ms || !isatty(STDERR_FILENO))
		return;
	progress->next_ms = now_ms + STEP_MS;
	progress->is_shown = 1;
	/* To the end of the line is cleared (ECMA-48, EL). */
	fprintf(stderr, "\r%llu %s\x1b[K", (unsigned long long)count, what);
	fflush(stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->is_shown)
		fprintf(stderr, "\r\x1b[K");
	progress->is_shown = 0;
	progress->next_ms = 0;
}
