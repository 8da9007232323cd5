/*
 * http_options.h -- `http`: the HTTP interface.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CONFIG_HTTP_OPTIONS_H
#define CONFIG_HTTP_OPTIONS_H

#include "base/strings.h"

#include <stdbool.h>

struct http_options {
	char *listen;		/* "127.0.0.1:80", "unix:/path" */
	char *cert_file, *key_file;	/* http.tls.* */
	struct strings users;	/* "name:hash", crypt(3); "*": locked */
	struct strings tokens;	/* "scope:hash", SHA-256 in hex */
	bool compat_reload;	/* GET /reload does it */
};

#endif
