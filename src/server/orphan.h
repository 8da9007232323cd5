/*
 * orphan.h -- what the master leaves behind, killed, does not stay.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_ORPHAN_H
#define SERVER_ORPHAN_H

#include <sys/types.h>

/*
 * In a forked process: if the master dies, it has a few seconds to see the end
 * of its pipe, then SIGALRM ends it; that signal is not for the role's own use.
 */
void orphan_watch(pid_t master);

#endif
