/*
 * compat_queries.h -- geoip-policyd's questions, and Dovecot's.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_COMPAT_QUERIES_H
#define ADMIN_COMPAT_QUERIES_H

struct admin;
struct exchange;

/* POST /remove: unblock {"key": "sender", "value": "..."}. */
void compat_queries_unblock(struct admin *, struct exchange *);

/* POST /query: {"key": "client", "value": {"address", "sender"}}, a login
 * that counts; with ?dry_run=1 one that does not. */
void compat_queries_ask(struct admin *, struct exchange *);

/*
 * POST /dovecotpolicy: Dovecot's auth-policy (doc.dovecot.org, Authentication
 * policy support). ?command=allow: nobody has logged in yet, so nothing is
 * counted. ?command=report: a login that succeeded counts.
 */
void compat_queries_dovecot(struct admin *, struct exchange *);

#endif
