/*
 * v1_session.c -- /v1/session: log in by the status page, and out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/v1_session.h"

#include "admin/exchange.h"
#include "admin/login_sessions.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <microhttpd.h>
#include <stdlib.h>

static const char *const scopes[] = { "none", "read", "operate", "admin" };

static void
tell(struct exchange *exchange, unsigned status,
    const struct session *session)
{
	exchange_json(exchange, status, json_pack("{ss ss ss*}", "who",
	    exchange->who, "scope", scopes[exchange->grant], "csrf",
	    session != NULL ? session->csrf : NULL));
}

static void
set_cookie(struct exchange *exchange, const char *key, int seconds)
{
	free(exchange->cookie);
	exchange->cookie = mem_printf("policyd=%s; Path=/; Max-Age=%d; "
	    "HttpOnly; SameSite=Strict%s", key, seconds,
	    sessions_are_secure(exchange->sessions) ? "; Secure" : "");
}

void
v1_session_begin(struct admin *admin, struct exchange *exchange)
{
	const struct session *session;
	char key[SESSION_KEY_SIZE];

	(void)admin;
	session = sessions_begin(exchange->sessions, exchange->who,
	    exchange->grant, clock_mono_ms(), key);
	set_cookie(exchange, key, SESSION_LASTS_MS / 1000);
	log_begin(LOG_LEVEL_INFO, "http");
	log_text("client", exchange->origin);
	log_text("who", exchange->who);
	log_text("result", "logged in");
	log_end();
	tell(exchange, MHD_HTTP_CREATED, session);
}

void
v1_session_show(struct admin *admin, struct exchange *exchange)
{
	const char *key = exchange_cookie(exchange, "policyd");

	(void)admin;
	tell(exchange, MHD_HTTP_OK, key == NULL ? NULL :
	    sessions_find(exchange->sessions, key, clock_mono_ms()));
}

void
v1_session_end(struct admin *admin, struct exchange *exchange)
{
	const char *key = exchange_cookie(exchange, "policyd");

	(void)admin;
	if (key != NULL)
		sessions_end(exchange->sessions, key);
	set_cookie(exchange, "", 0);
	exchange_empty(exchange, MHD_HTTP_NO_CONTENT);
}
