/*
 * print_results.h -- print what --replay found out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_PRINT_RESULTS_H
#define REPLAY_PRINT_RESULTS_H

#include "command/job.h"
#include "replay/account_scores.h"

struct told {
	const struct scores *scores;
	bool has_what_if;	/* there are two of each */
	int64_t first_ms, last_ms;	/* the mails that count; 0: none */
	size_t rows;		/* accounts at most; 0: all */
};

/* One object a line and account. */
void tell_json(const struct job *, const struct told *);

/* Who, when, why; how often each rule; how many in all. */
void tell_text(const struct job *, const struct told *);

/* RFC 3339 with milliseconds. */
enum { MOMENT_SIZE = 32 };
const char *tell_moment(int64_t ms, char text[MOMENT_SIZE]);

#endif
