/*
 * http_call_state.h -- where a call stands: for http_call.c and auth_guard.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef ADMIN_HTTP_CALL_STATE_H
#define ADMIN_HTTP_CALL_STATE_H

#include "admin/http_call.h"

enum phase {
	PHASE_HEADERS,		/* they are there */
	PHASE_VERIFYING,	/* suspended: the password is checked */
	PHASE_DELAYED,		/* suspended: it was wrong */
	PHASE_BODY,		/* to be read */
	PHASE_WORKING,		/* suspended: the crew has it */
	PHASE_DONE,		/* there is an answer */
};

struct call {
	struct exchange exchange;
	struct visit *visit;
	char source[ADDR_TEXT_SIZE];
	enum phase phase;
	bool is_hostile;	/* the URI has a NUL in it */
	bool has_body;
	struct attempt attempt;
	struct call *next;	/* among those that are held */
	int64_t resume_ms;
	char *body;
	size_t length, room, unwanted;
	int64_t began_us;
};

/* Suspend the connection until call_let_go, at resume_ms at the latest. */
void call_hold(struct calls *, struct call *, enum phase, int64_t resume_ms);
void call_let_go(struct calls *, struct call *);

#endif
