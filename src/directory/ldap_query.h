/*
 * ldap_query.h -- one question to a directory, and its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Functions are query_verb, because libldap has the names that begin with
 * ldap_.
 */
#ifndef DIRECTORY_LDAP_QUERY_H
#define DIRECTORY_LDAP_QUERY_H

#include "config/ldap_options.h"
#include "directory/account_name.h"
#include "directory/ldap_link.h"

#include <stddef.h>

enum query_state {
	QUERY_OPEN,	/* not answered yet */
	QUERY_FOUND,
	QUERY_NONE,	/* no entry, or none with the attribute */
	QUERY_FAILED,	/* the server said why not: see code and words */
};

struct query {
	const char *name;	/* what is looked for; the caller's */
	enum query_state state;
	char value[ACCOUNT_SIZE];	/* lower-case; if QUERY_FOUND */
	unsigned values;	/* more than 1: there were others, too */
	int operation;		/* its number on the link; 0: not asked */
	int code;		/* if QUERY_FAILED: the LDAP result ... */
	char words[128];	/* ... and what the server said, or "" */
};

/*
 * Write ldap.filter with the name for every %s, escaped (RFC 4515, 3), to
 * buffer. Return 0, or -1 if it does not fit.
 */
int query_filter(const char *filter, const char *name, char *buffer,
    size_t size);

/*
 * Send it, without waiting for the answer. Return 0; a query that cannot be
 * sent as it is has QUERY_FAILED then. -1: the link is broken.
 */
int query_send(struct query *, struct link *, const struct ldap_options *);

/*
 * Take an answer (link_wait), which is freed. Of several values the first in
 * the order of their bytes holds, so that it is the same every time; values
 * that are no account name (empty, too long, not UTF-8, with control bytes)
 * are passed over.
 */
void query_take(struct query *, struct link *, LDAPMessage *answer);

#endif
