/*
 * child.h -- what a forked process does before its role, and after.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include "server/process_fleet.h"

/*
 * Run the post's role with its end of the pair, having let go of all that
 * belongs to the master and to other processes; then exit with its status.
 */
_Noreturn void child_run(const struct fleet *, const struct generation *,
    const struct post *, int master_fd, pid_t master);

#endif
