/*
 * check_config.h -- would the server start with this configuration?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ROLES_CHECK_CONFIG_H
#define ROLES_CHECK_CONFIG_H

#include "command/job.h"

/*
 * --check-config: what the configuration itself does not show. Users, groups,
 * folders of sockets and GeoIP files must be there, and every file must be
 * readable by server.user, who reads it at a reload. Nothing is changed.
 * is_live: try the store, the directory, the mail server and the addresses
 * too. EX_CONFIG: something would keep the server from starting or reloading;
 * EX_UNAVAILABLE: something live failed. Each is told with its remedy.
 */
int check_config_run(const struct job *, bool is_live);

#endif
