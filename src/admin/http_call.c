/*
 * http_call.c -- one HTTP request from its headers to its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* strncasecmp */
#include "admin/http_call.h"

#include "admin/answer.h"
#include "admin/auth_guard.h"
#include "admin/caller_address.h"
#include "admin/csrf.h"
#include "admin/framing.h"
#include "admin/http_call_state.h"
#include "admin/routes.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/override_json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	BUSY_RETRY_S = 2,
	/* A body that nobody wants is read so far, so that the client comes
	 * to reading the answer. */
	UNWANTED_MAX = 9 << 20,
};

struct call *
call_new(const char *raw, struct visit *visit)
{
	struct call *call = mem_new(1, sizeof(*call));

	call->visit = visit;
	call->is_hostile = strstr(raw, "%00") != NULL;
	call->began_us = clock_mono_us();
	return call;
}

void
call_hold(struct calls *calls, struct call *call, enum phase phase,
    int64_t resume_ms)
{
	call->phase = phase;
	call->resume_ms = resume_ms;
	call->next = calls->held;
	calls->held = call;
	MHD_suspend_connection(call->exchange.connection);
}

void
call_let_go(struct calls *calls, struct call *call)
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

int
call_tend(struct calls *calls)
{
	int64_t now_ms = clock_mono_ms();
	int64_t wake_ms = INT64_MAX;
	struct call *next;
	struct call *done;
	void *tag;
	bool is_right;

	while ((tag = verifier_take(calls->verifier, &is_right)) != NULL)
		guard_verified(calls, tag, is_right);
	while ((done = crew_take(calls->crew)) != NULL) {
		done->phase = PHASE_DONE;
		call_let_go(calls, done);
	}
	for (struct call *call = calls->held; call != NULL; call = next) {
		next = call->next;
		if (call->resume_ms <= now_ms)
			call_let_go(calls, call);
		else if (call->resume_ms < wake_ms)
			wake_ms = call->resume_ms;
	}
	return wake_ms == INT64_MAX ? -1 : clock_left_ms(wake_ms) + 1;
}

void
call_release(struct calls *calls)
{
	while (calls->held != NULL)
		call_let_go(calls, calls->held);
}

/* --- what is wanted ----------------------------------------------------------- */

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
	const char *sign = csrf_sign(&from, is_open);

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
	if (announced != NULL)
		call->room = (size_t)text_parse_number(announced,
		    (int64_t)route->body_max) + 1;
	if (!route->takes_anything && !exchange_is_json(exchange))
		exchange_problem(exchange, route->is_compatible ?
		    MHD_HTTP_BAD_REQUEST : MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
		    "wanted is Content-Type: application/json");
	else if (announced != NULL && text_parse_number(announced,
	    (int64_t)route->body_max) < 0)
		exchange_problem(exchange, MHD_HTTP_CONTENT_TOO_LARGE,
		    "at most %zu bytes are taken", route->body_max);
}

/* There are too many connections: about health they are answered still. */
static void
refuse_spare(struct call *call)
{
	struct exchange *exchange = &call->exchange;

	if (exchange->route->grant == GRANT_ANYBODY && !call->has_body)
		return;
	exchange->retry_after_s = BUSY_RETRY_S;
	exchange_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
	    "there are too many connections");
}

static void
begin(struct calls *calls, struct call *call,
    struct MHD_Connection *connection, const char *url, const char *method)
{
	struct exchange *exchange = &call->exchange;
	const char *announced;

	exchange->connection = connection;
	exchange->sessions = calls->sessions;
	exchange->method = mem_dup(method);
	exchange->path = mem_dup(url);
	caller_locate(exchange);
	client_subnet(exchange->origin, call->source);
	visit_enter(call->visit, VISIT_CALL, clock_mono_ms());
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
	if (exchange->status == 0 && call->visit->is_spare)
		refuse_spare(call);
	if (exchange->status == 0)
		guard_authenticate(calls, call);
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
	if (call->body == NULL || call->length + size > call->room) {
		if (call->length + size > call->room)
			call->room = (call->length + size) * 3 / 2;
		call->body = mem_grow(call->body, call->room, 1);
	}
	memcpy(call->body + call->length, bytes, size);
	call->length += size;
	return MHD_YES;
}

/* Read the body; whatever is wrong with it is answered. */
static void
read_body(struct exchange *exchange)
{
	const char *const *keys = exchange->route->keys;
	char why[OVERRIDE_WHY_SIZE];

	if (exchange_read_json(exchange) == 0 && keys != NULL &&
	    override_check_keys(exchange->json, "", keys, NULL, why) != 0)
		exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "%s", why);
}

void
call_work(void *opaque_admin, void *opaque_call)
{
	struct admin *admin = opaque_admin;
	struct call *call = opaque_call;
	struct exchange *exchange = &call->exchange;
	const struct route *route = exchange->route;

	exchange->text = call->body;
	exchange->length = call->length;
	call->body = NULL;
	if (route->body_max > 0 && !route->is_raw)
		read_body(exchange);
	if (exchange->status != 0)
		return;
	if (route->lane != LANE_NONE)
		store_act_as(admin->desk.store, exchange->who,
		    exchange->origin);
	route->handle(admin, exchange);
	if (route->lane != LANE_NONE)
		store_act_as(admin->desk.store, NULL, NULL);
	assert(exchange->status != 0);
}

/* All of it has come: have it done. */
static void
begin_work(struct calls *calls, struct call *call)
{
	struct exchange *exchange = &call->exchange;
	const struct route *route = exchange->route;

	call->phase = PHASE_DONE;
	if (exchange->status == 0 && route->parameters != NULL)
		query_parameters_check(exchange, route->parameters);
	if (exchange->status != 0)
		return;
	if (route->lane == LANE_NONE) {
		call_work(NULL, call);
	} else if (crew_ask(calls->crew, route->lane, call,
		route->grant == GRANT_ANYBODY)) {
		call_hold(calls, call, PHASE_WORKING, INT64_MAX);
	} else {
		exchange->retry_after_s = BUSY_RETRY_S;
		exchange_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "too many requests are waiting");
	}
}

/* Answered at once, behind which libmicrohttpd hangs up: what else there is
 * belongs to nobody knows what. */
static enum MHD_Result
refuse_framing(struct call *call, struct MHD_Connection *connection,
    const char *problem)
{
	struct exchange *exchange = &call->exchange;

	exchange->connection = connection;
	caller_locate(exchange);
	exchange_problem(exchange, MHD_HTTP_BAD_REQUEST, "%s", problem);
	return answer_send(exchange, true, clock_mono_us() - call->began_us);
}

enum MHD_Result
call_continue(void *opaque, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **context)
{
	struct calls *calls = opaque;
	struct call *call = *context;
	size_t size = *upload_size;
	const char *problem;

	(void)version;
	if (call->phase == PHASE_HEADERS &&
	    (problem = framing_problem(connection)) != NULL)
		return refuse_framing(call, connection, problem);
	if (call->phase == PHASE_HEADERS) {
		begin(calls, call, connection, url, method);
		/* Its place is wanted: whatever else it sends is not. */
		if (call->visit->is_spare && call->exchange.status != 0)
			return answer_send(&call->exchange, true,
			    clock_mono_us() - call->began_us);
		if (call->phase == PHASE_BODY)
			check_body(call);
		return MHD_YES;
	}
	if (call->phase == PHASE_VERIFYING || call->phase == PHASE_DELAYED) {
		/* After a pause the headers are told of once more. */
		call->phase = PHASE_BODY;
		check_body(call);
		if (size == 0 && call->has_body)
			return MHD_YES;
	}
	if (size > 0 && call->phase == PHASE_BODY) {
		*upload_size = 0;
		return take_body(call, upload, size);
	}
	if (call->phase == PHASE_BODY)
		begin_work(calls, call);
	if (call->phase == PHASE_WORKING)
		return MHD_YES;
	return answer_send(&call->exchange, calls->is_retired,
	    clock_mono_us() - call->began_us);
}
