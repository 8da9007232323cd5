/*
 * mails_in_order.h -- all mails of several logs, in the order of their times.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where recipients are wanted, a mail of Postfix waits for qmgr's line of the
 * same host and queue id, in whatever file that is: ten minutes by the log's
 * clock, and as long as no more than 65,536 wait.
 */
#ifndef REPLAY_MAILS_IN_ORDER_H
#define REPLAY_MAILS_IN_ORDER_H

#include "replay/log_source.h"

#include <stddef.h>

struct mails;

/* Open them all. NULL: one cannot be read, which is logged. */
struct mails *mails_open(char *const *paths, size_t count,
    struct reading *);
void mails_close(struct mails *);

/* The next ENTRY_MAIL or ENTRY_DECISION, the caller's to free; NULL: no
 * more. */
struct entry *mails_next(struct mails *);

#endif
