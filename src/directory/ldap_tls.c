/*
 * ldap_tls.c -- the TLS settings of directory connections.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libldap's default context, and not one for each handle: a handle's own
 * leaks with every connection, and a shared one that an option hands out can
 * not be given back.
 */
#include "directory/ldap_tls.h"

#include <errno.h>
#include <ldap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_CA_FILE "/etc/ssl/certs/ca-certificates.crt"

/* libldap does not tell which file it cannot read, nor why. */
static int
examine(const struct ldap_options *options, struct timespec changed[TLS_FILES],
    char *error, size_t size)
{
	const char *const paths[TLS_FILES] = { options->ca_file,
		options->cert_file, options->key_file };

	for (size_t i = 0; i < TLS_FILES; i++) {
		struct stat status;

		changed[i] = (struct timespec){ 0, 0 };
		if (*paths[i] == '\0')
			continue;
		if (access(paths[i], R_OK) != 0 ||
		    stat(paths[i], &status) != 0) {
			snprintf(error, size, "%s: %s", paths[i],
			    strerror(errno));
			return -1;
		}
		changed[i] = status.st_ctim;
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

static int
load(const struct ldap_options *options)
{
	int check =
	    options->verify ? LDAP_OPT_X_TLS_HARD : LDAP_OPT_X_TLS_NEVER;
	int is_server = 0;

	if (set_ca(options->ca_file) != 0 ||
	    ldap_set_option(
		NULL, LDAP_OPT_X_TLS_CERTFILE, options->cert_file) != 0 ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_KEYFILE, options->key_file) !=
		0 ||
	    ldap_set_option(NULL, LDAP_OPT_X_TLS_REQUIRE_CERT, &check) != 0)
		return -1;
	return ldap_set_option(NULL, LDAP_OPT_X_TLS_NEWCTX, &is_server);
}

/*
 * libldap never frees a client's key and certificate, whether it can use them
 * or not (20 kB): so not every try to connect may load them again.
 */
int
tls_load(struct tls *tls, const struct ldap_options *options, char *error,
    size_t size)
{
	struct timespec changed[TLS_FILES];

	if (tls->is_loaded)
		return 0;
	if (examine(options, changed, error, size) != 0)
		return -1;
	if (!tls->has_failed ||
	    memcmp(changed, tls->changed, sizeof(changed)) != 0)
		tls->is_loaded = load(options) == 0;
	if (tls->is_loaded)
		return 0;
	tls->has_failed = true;
	memcpy(tls->changed, changed, sizeof(changed));
	snprintf(error, size, "the files of ldap.tls cannot be used");
	return -1;
}
