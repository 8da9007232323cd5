/*
 * worker.h -- the role that answers Postfix.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_WORKER_H
#define ROLES_WORKER_H

#include "server/master.h"

/* Serve until the master says stop; returns the exit status. */
int worker_run(const struct seat *);

#endif
