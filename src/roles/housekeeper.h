/*
 * housekeeper.h -- the role that looks after the store and the GeoIP file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_HOUSEKEEPER_H
#define ROLES_HOUSEKEEPER_H

#include "server/master.h"

/* Work until the master says stop; returns the exit status. */
int housekeeper_run(const struct seat *);

#endif
