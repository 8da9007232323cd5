/*
 * steps.h -- the steps of a script that are no requests.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_STEPS_H
#define TESTS_STORE_STEPS_H

#include "world.h"

enum { WORDS_MAX = 40, OUTBOX_MAX = 16 };

/* A line, taken apart. */
struct step {
	char line[300];		/* as it is written */
	char bytes[300];	/* words point here */
	size_t count;
	char *words[WORDS_MAX];
	const char *expected;	/* behind "=>", "" for nothing; in line */
};

/* What was last taken from the outbox. */
struct taken {
	int64_t ids[OUTBOX_MAX];
};

/* A word by number; fails the test if there is none. */
const char *step_word(const struct step *, size_t i);

/* The value of a word "key=value"; otherwise if there is no such word. */
const char *step_value(const struct step *, const char *key,
    const char *otherwise);

/* Do a step and write what it tells; false: there is no such step. */
bool step_do(const struct step *, struct world *, struct taken *,
    struct text *told);

#endif
