/*
 * marks.h -- what tells whether a save was done whose answer was lost.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A save that must not be done twice leaves a mark in the account's row: who
 * never had its answer finds out by it, whatever others have saved since. The
 * mark of a process takes the place of its last one, which has been answered;
 * those that it may still have to ask for stay. So a row has about one for each
 * process, however many saves there are.
 */
#ifndef STORE_MARKS_H
#define STORE_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Rounds that were lost shortly after each other have fewer. */
	DOUBTED_MAX = 1024,
};

/* Of one process: those it leaves. */
struct marks {
	uint64_t process;
	uint64_t count;
	int64_t doubted[DOUBTED_MAX];
	size_t doubted_count;	/* ever: the last ones are there */
};

/* No other process has the same name, but by a chance of some millions. */
void marks_init(struct marks *);

/* The next one. It is never 0. */
int64_t marks_next(struct marks *);

/* It may have to be asked for. */
void marks_doubt(struct marks *, int64_t mark);

/* Is it ours, and need not be asked for? */
bool marks_is_settled(const struct marks *, int64_t mark);

/* Is the number a mark, and no mail? Its last bit is 0 then. */
bool marks_is_one(int64_t number);

#endif
