/*
 * log_entry_make.h -- an entry of its own; only this room's readers include it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPLAY_LOG_ENTRY_MAKE_H
#define REPLAY_LOG_ENTRY_MAKE_H

#include "replay/log_entry.h"

/* A copy that holds its strings itself; the caller frees it. */
struct entry *entry_make(const struct entry *);

#endif
