/*
 * systemd_sockets.h -- sockets that the service manager passed (sd_listen_fds(3)).
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERVER_SYSTEMD_SOCKETS_H
#define SERVER_SYSTEMD_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

/* More than anybody passes; the rest would be an error of the manager. */
enum { ADOPT_MAX = 64 };

/*
 * Write the descriptors that were passed to this process, now non-blocking
 * and close-on-exec, to fds and return how many; 0 if none were. One that is
 * no listening stream socket of Unix, IPv4 or IPv6 is an error: log it, close
 * them all and return -1. LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES are taken
 * out of the environment.
 */
int adopt_listeners(int fds[ADOPT_MAX]);

/*
 * May socket number i be for policy requests, by the name that its unit gave
 * it (FileDescriptorName=)? That is "policyd.socket", the unit's own, or
 * "policy"; or none, if it is passed alone. Of the last adopt_listeners.
 */
bool adopted_may_be_policy(int i);

#endif
