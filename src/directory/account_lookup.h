/*
 * account_lookup.h -- which account a name belongs to, by LDAP if it is on.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * account_name.h takes the name from the request; this finds the account that
 * an alias stands for. What the directory says, yes or no, is remembered for
 * ldap.cache. It never fails: a directory that is away costs at most
 * ldap.timeout once, then what it said last counts, however old, else the name
 * itself.
 */
#ifndef DIRECTORY_ACCOUNT_LOOKUP_H
#define DIRECTORY_ACCOUNT_LOOKUP_H

#include "config/ldap_options.h"
#include "directory/account_name.h"

#include <stddef.h>
#include <stdint.h>

struct accounts;

/* After fork, one for each process; connects when it is first needed. NULL:
 * the cause is logged. accounts_close(NULL) is safe. */
struct accounts *accounts_open(const struct ldap_options *);
void accounts_close(struct accounts *);

enum account_result {
	ACCOUNT_FOUND,	/* the directory knows it: name is the account's */
	ACCOUNT_KEPT,	/* no LDAP, not in it, or it is away: as it was */
	ACCOUNT_SKIPPED,	/* not in it, and ldap.unknown is skip */
};

struct account_query {
	char name[ACCOUNT_SIZE];	/* then the account's */
	enum account_result result;
};

/*
 * Resolve a batch, until the deadline (clock_mono_ms) at most. Names that
 * occur more than once are asked for once; client addresses and "@domain" are
 * not looked up, they are no accounts.
 */
void accounts_resolve(struct accounts *, struct account_query *queries,
    size_t count, int64_t deadline_ms);

#endif
