/*
 * ldap_tls.c -- the TLS settings of directory connections.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libldap's default context, and not one for each handle: a handle's own
 * leaks with every connection, and a shared one that an option hands out can
 * not be given back.
 */
#include "facts/ldap_tls.h"

#include <errno.h>
#include <ldap.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYSTEM_CA_FILE "/etc/ssl/certs/ca-certificates.crt"

/* libldap does not tell which file it cannot read, nor why. */
static int
check_files(const struct config *config, char *error, size_t size)
{
	const char *const paths[] = { config->ldap.ca_file,
		config->ldap.cert_file, config->ldap.key_file };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		if (*paths[i] == '\0' || access(paths[i], R_OK) == 0)
			continue;
		snprintf(error, size, "%s: %s", paths[i], strerror(errno));
		return -1;
	}
	return 0;
}

/* The authorities to trust, where the configuration names none. */
static int
set_default_ca(void)
{
	char *file = NULL;
	char *folder = NULL;
	int code = 0;

	ldap_get_option(NULL, LDAP_OPT_X_TLS_CACERTFILE, &file);
	ldap_get_option(NULL, LDAP_OPT_X_TLS_CACERTDIR, &folder);
	if (file == NULL && folder == NULL)
		code = ldap_set_option(NULL, LDAP_OPT_X_TLS_CACERTFILE,
		    SYSTEM_CA_FILE);
	ldap_memfree(file);
	ldap_memfree(folder);
	return code;
}

/* Only what the configuration names is trusted. */
static int
set_ca(const char *file)
{
	if (*file == '\0')
		return set_default_ca();
	if (ldap_set_option(NULL, LDAP_OPT_X_TLS_CACERTDIR, NULL) != 0)
		return -1;
	return ldap_set_option(NULL, LDAP_OPT_X_TLS_CACERTFILE, file);
}

int
tls_load(const struct config *config, char *error, size_t size)
{
	int check = config->ldap.verify ? LDAP_OPT_X_TLS_HARD
					: LDAP_OPT_X_TLS_NEVER;
	int is_server = 0;

	if (check_files(config, error, size) != 0)
		return -1;
	if (set_ca(config->ldap.ca_file) != 0 ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_CERTFILE,
		config->ldap.cert_file) != 0 ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_KEYFILE,
		config->ldap.key_file) != 0 ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_REQUIRE_CERT, &check) != 0 ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_NEWCTX, &is_server) != 0) {
		snprintf(error, size, "the files of ldap.tls cannot be used");
		return -1;
	}
	return 0;
}
