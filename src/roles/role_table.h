/*
 * role_table.h -- the roles: how many of each, and how long they may take.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_ROLE_TABLE_H
#define ROLES_ROLE_TABLE_H

#include "config/config.h"
#include "server/master.h"

/* The roles that a configuration has; how many there are. */
size_t role_table(const struct config *, struct role table[ROLES_MAX]);

#endif
