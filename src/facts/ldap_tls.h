/*
 * ldap_tls.h -- the TLS settings of directory connections.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FACTS_LDAP_TLS_H
#define FACTS_LDAP_TLS_H

#include "config/config.h"

#include <stddef.h>

/*
 * Load the certificates of ldap.tls into libldap's default context, which
 * every connection of this process uses from then on. Without ldap.tls.ca_file
 * the authorities are those of ldap.conf(5), else the system's. Once is
 * enough; more often leaks memory in libldap (20 kB with a client
 * certificate). Return 0, or -1 with the cause in error.
 */
int tls_load(const struct config *, char *error, size_t size);

#endif
