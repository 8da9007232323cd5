/*
 * override_copy.h -- carry the overrides of a store over to another.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef COMMAND_OVERRIDE_COPY_H
#define COMMAND_OVERRIDE_COPY_H

#include "store/store.h"

#include <stdint.h>

/* One that is newer there stays. *copied grows with each that is written.
 * Returns 0, or -1: a store failed, logged. */
int override_copy(struct store *from, struct store *to, uint64_t *copied);

#endif
