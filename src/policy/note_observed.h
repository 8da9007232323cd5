/*
 * note_observed.h -- note what came of a request, for who looks later.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef POLICY_NOTE_OBSERVED_H
#define POLICY_NOTE_OBSERVED_H

#include "config/config.h"
#include "store/noted_queue.h"
#include "store/store.h"

/* A blocked account that was used from somewhere, and an account that would be
 * blocked in another mode, are noted; all else is not. noted NULL: nothing. */
void note_check(struct noted *, const struct config *, const struct check *);

#endif
