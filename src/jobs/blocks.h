/*
 * blocks.h -- list, block and unblock accounts from the command line.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef JOBS_BLOCKS_H
#define JOBS_BLOCKS_H

#include "command/job.h"
#include "postfix/held_mail.h"

#include <stdint.h>

/* --list-blocked */
int blocks_list(const struct job *);

/* --block: for so many seconds, 0 until unblocked; note may be "". */
int blocks_add(const struct job *, const char *account, uint32_t duration_s,
    const char *note);

/* --unblock, and do with its held mail as ordered. JOB_NOT_FOUND if the account
 * is not blocked and no mail of it was there to be released or deleted. */
int blocks_remove(const struct job *, const char *account,
    const struct held_mail_order *);

#endif
