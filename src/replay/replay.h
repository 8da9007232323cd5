/*
 * replay.h -- play logs of the past through a configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "command/job.h"

#include <stddef.h>

struct replay_order {
	/* What is left of the command line: with has_what_if KEY=VALUE ...
	 * first, then files. */
	char *const *words;
	size_t count;
	bool has_what_if;
	bool is_learn;		/* write the history to the store */
	const char *judge_from;	/* a date; NULL: from the first mail on */
	size_t rows;		/* at most; 0: all */
};

/*
 * --replay: tell which accounts would have been blocked or had mail deferred,
 * with another configuration beside it if has_what_if. Writes nothing but with
 * is_learn, when it tells nothing else.
 */
int replay_run(const struct job *, const struct replay_order *);

#endif
