/*
 * courier.h -- the role that tells of events; if there is anything to tell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_COURIER_H
#define ROLES_COURIER_H

#include "server/master.h"

/* Work until the master says stop; returns the exit status. */
int courier_run(const struct seat *);

#endif
