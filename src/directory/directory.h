/*
 * directory.h -- the LDAP directory, wherever it is just now.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection, to the first of ldap.uris that answers, made when it is
 * first needed and again when it breaks. A directory that does not answer
 * costs ldap.timeout once, however many requests are waiting; then it is away,
 * and questions fail at once until a connection was made in the background
 * (ldap_reconnect.h). That is logged once, and once that it answers again.
 */
#ifndef DIRECTORY_DIRECTORY_H
#define DIRECTORY_DIRECTORY_H

#include "config/ldap_options.h"
#include "directory/ldap_query.h"

#include <stddef.h>
#include <stdint.h>

struct directory;

/*
 * Most questions under way at a time. OpenLDAP's slapd hangs up on an
 * anonymous client with more than 100 (conn_max_pending in slapd.conf(5)).
 */
enum { DIRECTORY_BATCH = 64 };

/* After fork; nothing is connected yet. NULL: the cause is logged. */
struct directory *directory_open(const struct ldap_options *);
void directory_close(struct directory *);

/*
 * Ask all queries (at most DIRECTORY_BATCH) at once and collect the answers
 * until the deadline (clock_mono_ms) or for ldap.timeout, whichever ends
 * first. Those that have none are left QUERY_OPEN.
 */
void directory_ask(struct directory *, struct query *queries, size_t count,
    int64_t deadline_ms);

#endif
