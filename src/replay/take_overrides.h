/*
 * take_overrides.h -- the overrides of the real store, for players.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_TAKE_OVERRIDES_H
#define REPLAY_TAKE_OVERRIDES_H

#include "command/job.h"
#include "replay/play_mails.h"

#include <stddef.h>

/* Give each player, NULL is none, the overrides of the configuration's store,
 * read as its user. If that is away it is logged, and they play without. */
void take_overrides(const struct job *, struct player *const *, size_t count);

#endif
