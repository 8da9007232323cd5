/*
 * smtp_auth.c -- the password for the mail server: who may have it, and how.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "mail/smtp_auth.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof(in));
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	}
	return false;
}

bool
auth_may_reach(
    const struct smtp_options *options, const struct sockaddr *address)
{
	return options->username[0] == '\0' ||
	       options->tls != SMTP_TLS_NONE || is_loopback(address);
}

static int
log_in(auth_client_request_t request, char **result, int fields, void *data)
{
	const struct smtp_options *options = data;
	union {
		const char *given;
		char *wanted;
	} password = { .given = options->password != NULL
				    ? options->password
				    : "" };

	for (int i = 0; i < fields; i++) {
		if (request[i].flags & AUTH_USER)
			result[i] = options->username;
		else if (request[i].flags & AUTH_PASS)
			result[i] = password.wanted;
		else
			return 0; /* a mechanism that is not ours */
	}
	return 1;
}

auth_context_t
auth_start(const struct smtp_options *options)
{
	auth_context_t auth;

	if (options->username[0] == '\0')
		return NULL;
	auth_client_init();
	auth = auth_create_context();
	auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
	/* It looks for the plugin of CRAM-MD5 by a name that it has not, but
	 * knows what it once has found. */
	auth_set_mechanism(auth, "CRAMMD5");
	auth_set_interact_cb(auth, log_in,
	    (union {
		    const void *given;
		    void *wanted;
	    }){ options }
		.wanted);
	return auth;
}
