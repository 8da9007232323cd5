/*
 * auth_guard.c -- may whoever calls do what he wants?
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/auth_guard.h"

#include "admin/caller_address.h"
#include "admin/http_call_state.h"
#include "admin/login_sessions.h"
#include "admin/routes.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

enum {
	/* Who guesses waits for so long, and nobody with him. */
	WRONG_MS = 1000,
	BUSY_RETRY_S = 2,
};

static void
refuse_stranger(struct exchange *exchange)
{
	counters_add(STAT_HTTP_DENIED, 1);
	exchange_problem(exchange, MHD_HTTP_UNAUTHORIZED,
	    "who are you? give a user and password, or a token");
}

/* The checks are over: may he? */
static void
authorize(struct call *call)
{
	struct exchange *exchange = &call->exchange;

	if (exchange->grant >= exchange->route->grant)
		return;
	counters_add(STAT_HTTP_DENIED, 1);
	exchange_problem(exchange, MHD_HTTP_FORBIDDEN,
	    "%s may not do this", exchange->who);
}

static void
note_wrong(struct calls *calls, struct call *call, const char *what)
{
	failed_logins_add(calls->failed_logins, call->source, clock_mono_ms());
	log_begin(LOG_LEVEL_WARNING, "http");
	log_text("client", call->exchange.origin);
	log_text("user", call->attempt.who);
	log_text("result", what);
	log_end();
}

/* Has its source been wrong too often for another look? Then say so. */
static bool
is_shut_out(struct calls *calls, struct call *call)
{
	int64_t wait_ms = failed_logins_wait_ms(calls->failed_logins,
	    call->source, clock_mono_ms());

	if (wait_ms == 0)
		return false;
	counters_add(STAT_HTTP_DENIED, 1);
	log_limited(&calls->shut_out, LOG_LEVEL_WARNING, "http: %s has given "
	    "wrong credentials too often and has to wait", call->source);
	call->exchange.retry_after_s = (unsigned)((wait_ms + 999) / 1000);
	exchange_problem(&call->exchange, MHD_HTTP_TOO_MANY_REQUESTS,
	    "there were too many wrong passwords or tokens");
	return true;
}

/* Has he logged in by the page? A page of another site can have his browser
 * send the cookie, but does not know the token that goes with it. */
static bool
has_session(struct calls *calls, struct call *call)
{
	struct exchange *exchange = &call->exchange;
	const char *key = exchange_cookie(exchange, "policyd");
	const struct session *session;
	bool is_reading = strcmp(exchange->method, "GET") == 0 ||
	    strcmp(exchange->method, "HEAD") == 0;

	if (key == NULL || exchange_header(exchange, "Authorization") != NULL)
		return false;
	session = sessions_find(calls->sessions, key, clock_mono_ms());
	if (session == NULL)
		return false;
	snprintf(exchange->who, WHO_SIZE, "%s", session->who);
	exchange->grant = session->grant;
	if (is_reading || session_knows(session,
	    exchange_header(exchange, "X-CSRF-Token"))) {
		authorize(call);
		return true;
	}
	counters_add(STAT_HTTP_DENIED, 1);
	exchange_problem(exchange, MHD_HTTP_FORBIDDEN,
	    "X-CSRF-Token is not that of the session");
	return true;
}

void
guard_authenticate(struct calls *calls, struct call *call)
{
	struct exchange *exchange = &call->exchange;

	if (exchange->route->grant == GRANT_ANYBODY ||
	    has_session(calls, call))
		return;
	switch (credentials_check(calls->credentials,
	    exchange_header(exchange, "Authorization"), exchange->who,
	    &exchange->grant, &call->attempt)) {
	case CREDENTIALS_GOOD:
		if (!credentials_are_wanted(calls->credentials))
			caller_name(exchange);
		authorize(call);
		break;
	case CREDENTIALS_OPEN:
		if (is_shut_out(calls, call))
			break;
		if (verifier_ask(calls->verifier, call->source,
			call->attempt.hash, call->attempt.password, call)) {
			call_hold(calls, call, PHASE_VERIFYING, INT64_MAX);
			break;
		}
		exchange->retry_after_s = BUSY_RETRY_S;
		exchange_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "too many passwords are waiting to be checked");
		break;
	case CREDENTIALS_BAD:
		if (is_shut_out(calls, call))
			break;
		note_wrong(calls, call, "wrong credentials");
		refuse_stranger(exchange);
		call_hold(calls, call, PHASE_DELAYED, clock_mono_ms() + WRONG_MS);
		break;
	case CREDENTIALS_NONE:
	default:
		refuse_stranger(exchange);
		break;
	}
}

void
guard_verified(struct calls *calls, struct call *call, bool is_right)
{
	struct exchange *exchange = &call->exchange;

	if (credentials_close(calls->credentials, &call->attempt, is_right,
		exchange->who, &exchange->grant)) {
		authorize(call);
		call_let_go(calls, call);
		return;
	}
	note_wrong(calls, call, "wrong password");
	refuse_stranger(exchange);
	call->phase = PHASE_DELAYED;
	call->resume_ms = clock_mono_ms() + WRONG_MS;
}
