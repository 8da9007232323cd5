/*
 * play_mails.h -- play mails through a configuration, by the clock of the log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What decides is policy/decide.c, on a store of its own that is gone when the
 * player is closed. Nobody is told of anything.
 */
#ifndef REPLAY_PLAY_MAILS_H
#define REPLAY_PLAY_MAILS_H

#include "policy/decide.h"
#include "replay/log_entry.h"

struct player;

/* The configuration must outlive it. learns: mails are learned from until
 * player_judge; then there is no warm-up (history.warm_up), which begins with
 * the first mail else. NULL: logged. */
struct player *player_open(const struct config *, bool learns);
void player_close(struct player *);

/* From now on mails are judged. */
void player_judge(struct player *);

/* Does it matter how many recipients a mail has? */
bool player_wants_recipients(const struct config *);

/* Decide a mail at its time, but never before the one played last. Lives until
 * the next; NULL: the store failed, logged. */
const struct decision *player_play(struct player *, const struct entry *);

/* The store that it plays on, to be read. */
struct store *player_store(struct player *);

#endif
