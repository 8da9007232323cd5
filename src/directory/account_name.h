/*
 * account_name.h -- the name of an account, as far as the request tells it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure: what a directory makes of the name is in directory/account_lookup.h.
 */
#ifndef DIRECTORY_ACCOUNT_NAME_H
#define DIRECTORY_ACCOUNT_NAME_H

#include "config/identity_options.h"

#include <stdbool.h>

/* Longest name, NUL included: 64 bytes, "@", 255 bytes (RFC 5321, 4.5.3.1). */
enum { ACCOUNT_SIZE = 321 };

/* Attributes of a request; NULL and "" mean that there is none. */
struct account_name_source {
	const char *sasl_username;
	const char *sender;
	const char *client_address;
};

enum account_name_result {
	IDENTITY_NAMED,
	IDENTITY_NONE,		/* the request has none of identity.keys */
	IDENTITY_FOREIGN,	/* identity.domains has not its domain */
	IDENTITY_TOO_LONG,	/* more than ACCOUNT_SIZE - 1 bytes */
};

/*
 * Write the name of the account to name ("" unless IDENTITY_NAMED): the first
 * of identity.keys that the request has, lower-cased (ASCII), without its
 * address extension. A name without a domain is not in another domain: it
 * counts whatever identity.domains says, and so does a client address, which
 * is written in its canonical form.
 *
 * The extension begins at the first of the bytes of identity.extension in the
 * local part, as in Postfix (recipient_delimiter in postconf(5)): a delimiter
 * that leads the local part begins none, and neither do those of the names
 * mailer-daemon and double-bounce.
 *
 * A name may hold any bytes, and a store wants UTF-8: a byte that is none is
 * written "%ff". "%" becomes "%25" where it would look like that, so that no
 * two names are written alike.
 */
enum account_name_result account_name_name(const struct identity_options *,
    const struct account_name_source *, char name[ACCOUNT_SIZE]);

/* Is a name of an account counted, by identity.domains? */
bool account_name_is_ours(const struct identity_options *, const char *name);

/*
 * The same for a name that somebody typed, "Joe+x@Example.com": lower case,
 * no extension. "@domain" and addresses stay what they are, and so does "%":
 * names are typed as they are shown. Return 0, or -1 if it is too long.
 */
int account_name_clean(const struct identity_options *, const char *given,
    char name[ACCOUNT_SIZE]);

#endif
