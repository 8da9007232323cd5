/*
 * ldap_tls.h -- the TLS settings of directory connections.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef DIRECTORY_LDAP_TLS_H
#define DIRECTORY_LDAP_TLS_H

#include "config/ldap_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum { TLS_FILES = 3 };	/* authorities, certificate, key */

/* What became of loading so far; zeroed at first. */
struct tls {
	bool is_loaded;
	bool has_failed;	/* with files that were changed then: */
	struct timespec changed[TLS_FILES];
};

/*
 * Load the files of ldap.tls into libldap's default context, which every
 * connection of this process uses from then on. Without ldap.tls.ca_file the
 * authorities are those of ldap.conf(5), else the system's. Files that were
 * loaded stay as they were; files that could not be used are tried again when
 * they have changed. Return 0, or -1 with the cause in error.
 */
int tls_load(struct tls *, const struct ldap_options *, char *error,
    size_t size);

#endif
