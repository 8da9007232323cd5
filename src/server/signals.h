/*
 * signals.h -- signals of the master, and of the processes it forks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HUP, USR1, USR2, TERM, INT and CHLD are blocked but for the wait, so that
 * none is lost between looking and waiting. Handlers set a flag, no more.
 */
#ifndef SERVER_SIGNALS_H
#define SERVER_SIGNALS_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

/* Block and catch the signals above, ignore PIPE. */
void signals_open(void);

/* Has this one come since the last call? */
bool signals_take(int signal);

/*
 * Wait until a descriptor is ready, a signal has come or timeout_ms (-1: no
 * limit) has passed. Return as poll(2); 0 for a signal.
 */
int signals_wait(struct pollfd *, nfds_t count, int timeout_ms);

/*
 * In a forked process: HUP, INT, USR1, USR2 and PIPE are ignored (the master
 * alone acts on them, even if all of a group get them), TERM is left to the
 * role: it is blocked, with the default action.
 */
void signals_child(void);

#endif
