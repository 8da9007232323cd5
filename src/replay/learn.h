/*
 * learn.h -- write what a player has learned to the real store.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_LEARN_H
#define REPLAY_LEARN_H

#include "command/job.h"
#include "replay/play_mails.h"

/* What it learned from. */
struct learned {
	uint64_t mails;		/* that were played */
	int64_t first_ms, last_ms;
};

/* Add it to the configuration's store, beside a running server or not, and
 * tell of it. If we are root we are server.user afterwards. Returns an exit
 * status. */
int learn_run(const struct job *, struct player *, const struct learned *);

#endif
