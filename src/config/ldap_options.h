/*
 * ldap_options.h -- `ldap`: the directory.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_LDAP_OPTIONS_H
#define CONFIG_LDAP_OPTIONS_H

#include "base/strings.h"

#include <stdbool.h>
#include <stdint.h>

enum ldap_scope { SCOPE_BASE, SCOPE_ONE, SCOPE_SUB };
enum ldap_unknown { UNKNOWN_KEEP, UNKNOWN_SKIP };

struct ldap_options {
	bool enabled;
	struct strings uris;
	char *base, *bind_dn, *bind_password_file;
	char *bind_password;	/* what the file holds, or NULL */
	char *filter, *attribute;
	enum ldap_scope scope;
	bool starttls;
	char *ca_file, *cert_file, *key_file;	/* ldap.tls.* */
	bool verify;				/* ldap.tls.verify */
	bool sasl_external;
	uint32_t timeout_ms;
	uint32_t cache_s;
	enum ldap_unknown unknown;
};

#endif
