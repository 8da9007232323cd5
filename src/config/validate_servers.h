/*
 * validate_servers.h -- what the settings of other servers must be to each other.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_VALIDATE_SERVERS_H
#define CONFIG_VALIDATE_SERVERS_H

#include "config/draft.h"

/* Check ldap, notify, smtp, report and http; complain of every error. Secrets
 * have been read. */
void validate_servers(struct draft *);

#endif
