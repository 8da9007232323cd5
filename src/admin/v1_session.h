/*
 * v1_session.h -- /v1/session: log in by the status page, and out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_V1_SESSION_H
#define ADMIN_V1_SESSION_H

struct admin;
struct exchange;

/* POST, with credentials: a session begins, and a cookie is its key. */
void v1_session_begin(struct admin *, struct exchange *);

/* GET: who is it, and what may he do? */
void v1_session_show(struct admin *, struct exchange *);

/* DELETE: it is over. */
void v1_session_end(struct admin *, struct exchange *);

#endif
