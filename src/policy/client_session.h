/*
 * client_session.h -- one client: bytes in, answers out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session holds one request at a time: the next is looked for when the
 * answer to the last one is out, so that a client that does not read its
 * answers is not read either, and memory is bounded by one request.
 */
#ifndef POLICY_CLIENT_SESSION_H
#define POLICY_CLIENT_SESSION_H

#include "policy/request.h"

#include <stdbool.h>
#include <stdint.h>

struct session;

enum session_state {
	SESSION_READING,	/* wants more bytes */
	SESSION_READY,		/* has a request to be answered */
	SESSION_WRITING,	/* has an answer that the client did not take */
	SESSION_OVER,		/* at its end or in error: free it */
};

/* Take over a connected, non-blocking socket. */
struct session *session_new(int fd);
void session_free(struct session *);

int session_fd(const struct session *);
enum session_state session_state(const struct session *);

/* The request of a session that is SESSION_READY. Its values stay until
 * session_answer. */
const struct request *session_request(const struct session *);

/* When the request was complete, or else the session began (monotonic us). */
int64_t session_since_us(const struct session *);

/* Read what is there. A malformed request is logged and ends the session. */
enum session_state session_read(struct session *);

/* Answer the request with an action, without its line end. */
enum session_state session_answer(struct session *, const char *action);

/* Go on writing. */
enum session_state session_write(struct session *);

/*
 * Take no more requests than have come: session_read finds those, and then
 * the end. The client of a Unix socket cannot send from now on, and so loses
 * none; that of a TCP connection might: session_is_local.
 */
void session_hang_up(struct session *);
bool session_is_local(const struct session *);

/* Has it nothing under way: no byte of a request, no answer? */
bool session_is_idle(const struct session *);

#endif
