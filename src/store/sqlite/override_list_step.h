/*
 * override_list_step.h -- work on a list, in short transactions.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STORE_SQLITE_OVERRIDE_LIST_STEP_H
#define STORE_SQLITE_OVERRIDE_LIST_STEP_H

#include "store/sqlite/connection.h"

struct list {
	struct sqlite_db *db;
	struct list_order *order;	/* NULL: only to tidy up */
	const char *owner;		/* of the turn, LIST_TURN */
	int64_t deadline_ms;
	int64_t now_ms;			/* when it was begun */

	/* What is to change, if that is little; as of the news `seen`. */
	bool is_little;
	int64_t seen;
	char *after;			/* the last account staged; NULL: none */
	bool is_over;			/* the step needs no more of its kind */
};

/*
 * A transaction, which fails if the turn was lost; then a pause as long as it
 * took, so that others get at the file. `work` returns 0, or -1 after noting
 * why. Returns whether it was done.
 */
enum list_access { LIST_READS, LIST_WRITES, LIST_LASTS };
bool list_step(struct list *, enum list_access, int (*work)(struct list *));
/* Over and over, until the list is_over. */
bool list_steps(struct list *, int (*work)(struct list *));

/* A number that a statement of one row and column gives. */
int list_number(struct sqlite_db *, sqlite3_stmt *, int64_t *);

/* --- steps (override_list_tables.c) --- */

/* Remove, a little at a time, what another list left behind. */
int list_remove(struct list *);

/* Make the tables for the next list; put it in the place of the present one,
 * within the last transaction. */
int list_make(struct list *);
int list_swap(struct list *);

#endif
