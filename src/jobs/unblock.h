/*
 * unblock.h -- unblock accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_UNBLOCK_H
#define JOBS_UNBLOCK_H

#include "command/job.h"
#include "postfix/held_mail.h"

#include <stddef.h>
#include <stdint.h>

struct unblock_order {
	/* Accounts, and domains as "@example.com": all of theirs that are
	 * blocked. None: all, of those since_s chooses. */
	char *const *names;
	size_t count;
	int64_t since_s;	/* only those blocked so lately; -1: all */
	bool is_sure;		/* do not ask */
	bool learns;		/* the places of the last day become known */
	struct held_mail_order mail;	/* what becomes of their mail on hold */
};

/*
 * --unblock. Asks before it unblocks many, if it is a person who is there. As
 * root it keeps the right to handle Postfix's queue. JOB_NOT_FOUND if nobody
 * was blocked and no mail was there to be released or deleted.
 */
int unblock_run(const struct job *, const struct unblock_order *);

#endif
