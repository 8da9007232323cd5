/*
 * process_list.h -- which processes run, for the log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_PROCESS_LIST_H
#define SERVER_PROCESS_LIST_H

#include "server/generation.h"

/* Log those of a generation by their roles, in one line. */
void process_list_log(const struct generation *);

#endif
