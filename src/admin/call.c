/*
 * call.c -- one HTTP request from its headers to its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* strncasecmp */
#include "admin/call.h"

#include "admin/answer.h"
#include "admin/caller.h"
#include "admin/crosssite.h"
#include "admin/routes.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	/* Who guesses waits for so long, and nobody with him. */
	WRONG_MS = 1000,
	BUSY_RETRY_S = 2,
	/* A body that nobody wants is read so far, so that the client comes
	 * to reading the answer. */
	UNWANTED_MAX = 1 << 20,
};

enum phase {
	PHASE_HEADERS,		/* they are there */
	PHASE_VERIFYING,	/* suspended: the password is checked */
	PHASE_DELAYED,		/* suspended: it was wrong */
	PHASE_RESUMED,		/* libmicrohttpd asks again what to do */
	PHASE_BODY,
};

struct call {
	struct exchange exchange;
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

struct call *
call_new(const char *raw)
{
	struct call *call = mem_new(1, sizeof(*call));

	call->is_hostile = strstr(raw, "%00") != NULL;
	call->began_us = clock_mono_us();
	return call;
}

static void
hold(struct calls *calls, struct call *call, enum phase phase,
    int64_t resume_ms)
{
	call->phase = phase;
	call->resume_ms = resume_ms;
	call->next = calls->held;
	calls->held = call;
	MHD_suspend_connection(call->exchange.connection);
}

static void
let_go(struct calls *calls, struct call *call)
{
	struct call **place = &calls->held;

	while (*place != NULL && *place != call)
		place = &(*place)->next;
	if (*place == NULL)
		return;
	*place = call->next;
	MHD_resume_connection(call->exchange.connection);
}

void
call_free(struct calls *calls, struct call *call)
{
	enum grant grant;
	char who[WHO_SIZE];

	if (call == NULL)
		return;
	credentials_close(calls->credentials, &call->attempt, false, who,
	    &grant);
	exchange_clear(&call->exchange);
	free(call->body);
	free(call);
}

/* --- who, from where -------------------------------------------------------- */

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

/* Settle who it is. The call may be held after that. */
static void
authenticate(struct calls *calls, struct call *call)
{
	struct exchange *exchange = &call->exchange;

	if (exchange->route->grant == GRANT_ANYBODY)
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
		if (verifier_ask(calls->verifier, call->attempt.hash,
			call->attempt.password, call)) {
			hold(calls, call, PHASE_VERIFYING, INT64_MAX);
			break;
		}
		exchange->retry_after_s = BUSY_RETRY_S;
		exchange_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "too many passwords are waiting to be checked");
		break;
	case CREDENTIALS_BAD:
		refuse_stranger(exchange);
		hold(calls, call, PHASE_DELAYED, clock_mono_ms() + WRONG_MS);
		break;
	case CREDENTIALS_NONE:
	default:
		refuse_stranger(exchange);
		break;
	}
}

static void
verified(struct calls *calls, struct call *call, bool is_right)
{
	struct exchange *exchange = &call->exchange;

	if (credentials_close(calls->credentials, &call->attempt, is_right,
		exchange->who, &exchange->grant)) {
		authorize(call);
		let_go(calls, call);
		return;
	}
	log_begin(LOG_LEVEL_WARNING, "http");
	log_text("client", exchange->origin);
	log_text("user", call->attempt.who);
	log_text("result", "wrong password");
	log_end();
	refuse_stranger(exchange);
	call->phase = PHASE_DELAYED;
	call->resume_ms = clock_mono_ms() + WRONG_MS;
}

int
call_tend(struct calls *calls)
{
	int64_t now_ms = clock_mono_ms();
	int64_t wake_ms = INT64_MAX;
	struct call *next;
	void *tag;
	bool is_right;

	while ((tag = verifier_take(calls->verifier, &is_right)) != NULL)
		verified(calls, tag, is_right);
	for (struct call *call = calls->held; call != NULL; call = next) {
		next = call->next;
		if (call->resume_ms <= now_ms)
			let_go(calls, call);
		else if (call->resume_ms < wake_ms)
			wake_ms = call->resume_ms;
	}
	return wake_ms == INT64_MAX ? -1 : clock_left_ms(wake_ms) + 1;
}

void
call_release(struct calls *calls)
{
	while (calls->held != NULL)
		let_go(calls, calls->held);
}

/* --- what is wanted ----------------------------------------------------------- */

static bool
is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t length = sizeof(json) - 1;

	return type != NULL && strncasecmp(type, json, length) == 0 &&
	    (type[length] == '\0' || type[length] == ';' ||
		type[length] == ' ');
}

static void
refuse_crosssite(struct calls *calls, struct exchange *exchange)
{
	const struct provenance from = {
		.host = exchange_header(exchange, "Host"),
		.origin = exchange_header(exchange, "Origin"),
		.referer = exchange_header(exchange, "Referer"),
		.fetch_site = exchange_header(exchange, "Sec-Fetch-Site"),
	};
	bool is_open = !credentials_are_wanted(calls->credentials) &&
	    strcmp(exchange->origin, "unix") != 0;
	const char *sign = crosssite_sign(&from, is_open);

	if (sign == NULL)
		return;
	counters_add(STAT_HTTP_DENIED, 1);
	exchange_problem(exchange, MHD_HTTP_FORBIDDEN,
	    "%s is that of another site", sign);
}

static void
find_route(struct exchange *exchange)
{
	switch (routes_find(exchange->method, exchange->path,
	    &exchange->route, &exchange->rest, &exchange->allow)) {
	case ROUTES_NO_PATH:
		exchange_problem(exchange, MHD_HTTP_NOT_FOUND,
		    "there is nothing here");
		break;
	case ROUTES_NO_METHOD:
		exchange_problem(exchange, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "allowed here: %s", exchange->allow);
		break;
	case ROUTES_FOUND:
	default:
		break;
	}
}

/* The body: is it announced as one that the route takes? */
static void
check_body(struct call *call)
{
	struct exchange *exchange = &call->exchange;
	const char *announced = exchange_header(exchange, "Content-Length");
	const struct route *route = exchange->route;

	if (exchange->status != 0 || route->body_max == 0)
		return;
	if (!is_json(exchange_header(exchange, "Content-Type")))
		exchange_problem(exchange, route->is_compatible ?
		    MHD_HTTP_BAD_REQUEST : MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
		    "wanted is Content-Type: application/json");
	else if (announced != NULL && text_parse_number(announced,
	    (int64_t)route->body_max) < 0)
		exchange_problem(exchange, MHD_HTTP_CONTENT_TOO_LARGE,
		    "at most %zu bytes are taken", route->body_max);
}

static void
begin(struct calls *calls, struct call *call,
    struct MHD_Connection *connection, const char *url, const char *method)
{
	struct exchange *exchange = &call->exchange;
	const char *announced;

	exchange->connection = connection;
	exchange->method = mem_dup(method);
	exchange->path = mem_dup(url);
	caller_locate(exchange);
	announced = exchange_header(exchange, "Content-Length");
	call->has_body = (announced != NULL && strcmp(announced, "0") != 0) ||
	    exchange_header(exchange, "Transfer-Encoding") != NULL;
	call->phase = PHASE_BODY;
	if (call->is_hostile)
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
		    "the path has a NUL in it");
	else
		refuse_crosssite(calls, exchange);
	if (exchange->status == 0)
		find_route(exchange);
	if (exchange->status == 0)
		authenticate(calls, call);
}

/* --- body and handler --------------------------------------------------------- */

/* Take some of the body. Return MHD_NO to hang up. */
static enum MHD_Result
take_body(struct call *call, const char *bytes, size_t size)
{
	struct exchange *exchange = &call->exchange;
	size_t most = exchange->route != NULL ? exchange->route->body_max : 0;

	if (exchange->status == 0 && call->length + size > most)
		exchange_problem(exchange, most == 0 ? MHD_HTTP_BAD_REQUEST :
		    MHD_HTTP_CONTENT_TOO_LARGE,
		    "at most %zu bytes are taken", most);
	if (exchange->status != 0) {
		call->unwanted += size;
		return call->unwanted <= UNWANTED_MAX ? MHD_YES : MHD_NO;
	}
	if (call->length + size > call->room) {
		call->room = (call->length + size) * 2;
		call->body = mem_grow(call->body, call->room, 1);
	}
	memcpy(call->body + call->length, bytes, size);
	call->length += size;
	return MHD_YES;
}

static void
handle(struct calls *calls, struct call *call)
{
	struct exchange *exchange = &call->exchange;
	struct store *store = calls->admin->desk.store;
	json_error_t error;

	if (exchange->route->body_max > 0) {
		exchange->json = json_loadb(call->body != NULL ? call->body :
		    "", call->length, JSON_REJECT_DUPLICATES, &error);
		if (!json_is_object(exchange->json)) {
			exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
			    "the body is no JSON object%s%.100s",
			    exchange->json == NULL ? ": " : "",
			    exchange->json == NULL ? error.text : "");
			return;
		}
	}
	store_act_as(store, exchange->who, exchange->origin);
	exchange->route->handle(calls->admin, exchange);
	store_act_as(store, NULL, NULL);
	assert(exchange->status != 0);
}

enum MHD_Result
call_continue(void *opaque, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **context)
{
	struct calls *calls = opaque;
	struct call *call = *context;
	size_t size = *upload_size;

	(void)version;
	if (call->phase == PHASE_HEADERS) {
		begin(calls, call, connection, url, method);
		if (call->phase == PHASE_BODY)
			check_body(call);
		return MHD_YES;
	}
	if (call->phase != PHASE_BODY) {
		/* After a pause the headers are told of once more. */
		call->phase = PHASE_BODY;
		check_body(call);
		if (size == 0 && call->has_body)
			return MHD_YES;
	}
	if (size > 0) {
		*upload_size = 0;
		return take_body(call, upload, size);
	}
	if (call->exchange.status == 0)
		handle(calls, call);
	return answer_send(&call->exchange, calls->is_retired,
	    clock_mono_us() - call->began_us);
}
