/*
 * block_choice.h -- the blocked accounts that an administrator means.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_BLOCK_CHOICE_H
#define JOBS_BLOCK_CHOICE_H

#include "command/job.h"
#include "directory/account_lookup.h"
#include "store/store.h"

/* Accounts and @domains as they were typed, cleaned; none: all. */
struct choice {
	char (*names)[ACCOUNT_SIZE];
	size_t count;
	int64_t since_ms;	/* blocked since then; 0: whenever */
	bool would;	/* those that would be blocked, were it not for observe */
};

/* Read what was typed; since_s -1: whenever. Returns 0 or an exit status, after
 * saying why. The choice is to be cleared either way. */
int choice_read(struct choice *, const struct job *, char *const *names,
    size_t count, int64_t since_s);
void choice_clear(struct choice *);

/* Is there a domain among the names? */
bool choice_has_domain(const struct choice *);

bool choice_has(const struct choice *, const char *account);

/* A block that is meant; it becomes the taker's. */
typedef void choice_taker(void *taker, struct block *);

/* Hand over the blocks that hold and are meant, in order of the accounts. */
enum store_result choice_blocks(const struct choice *, struct store *,
    choice_taker *, void *taker);

#endif
