/*
 * answer.c -- an exchange's answer, as it goes out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/answer.h"

#include "admin/routes.h"
#include "base/counters.h"
#include "base/log.h"

#include <stdio.h>

/* Nothing but what comes from here, and nothing in a frame of others. */
static const char content_policy[] = "default-src 'none'; script-src 'self'; "
    "style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/* One line for what changes something or goes wrong; others at debug. */
static void
log_exchange(const struct exchange *exchange, int64_t took_us)
{
	bool is_noted = exchange->route != NULL &&
	    exchange->route->has_effect && exchange->grant > GRANT_READ;

	log_begin(exchange->status >= 500 ? LOG_LEVEL_WARNING :
	    is_noted ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "http");
	log_text("client", exchange->origin);
	log_text("who", exchange->who);
	log_text("method", exchange->method);
	log_text("path", exchange->path);
	log_number("status", exchange->status);
	log_text("guid", exchange->guid);
	log_milliseconds("ms", took_us);
	log_end();
}

static void
add_headers(const struct exchange *exchange, bool is_last,
    struct MHD_Response *response)
{
	char number[32];

	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy",
	    content_policy);
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	if (exchange->cookie != NULL)
		MHD_add_response_header(response, "Set-Cookie",
		    exchange->cookie);
	if (exchange->type != NULL)
		MHD_add_response_header(response, "Content-Type",
		    exchange->type);
	if (exchange->allow != NULL)
		MHD_add_response_header(response, "Allow", exchange->allow);
	/* A browser would ask for a password of its own: the page does. */
	if (exchange->status == MHD_HTTP_UNAUTHORIZED &&
	    exchange_header(exchange, "Sec-Fetch-Dest") == NULL) {
		MHD_add_response_header(response, "WWW-Authenticate",
		    "Basic realm=\"policyd\", charset=\"UTF-8\"");
		MHD_add_response_header(response, "WWW-Authenticate",
		    "Bearer realm=\"policyd\"");
	}
	if (exchange->etag != 0) {
		snprintf(number, sizeof(number), "\"%lld\"",
		    (long long)exchange->etag);
		MHD_add_response_header(response, "ETag", number);
	}
	if (exchange->retry_after_s != 0) {
		snprintf(number, sizeof(number), "%u",
		    exchange->retry_after_s);
		MHD_add_response_header(response, "Retry-After", number);
	}
	if (is_last)
		MHD_add_response_header(response, "Connection", "close");
}

enum MHD_Result
answer_send(struct exchange *exchange, bool is_last, int64_t took_us)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	counters_add(STAT_HTTP_REQUESTS, 1);
	counters_add(STAT_HTTP_ERRORS, exchange->status >= 500);
	log_exchange(exchange, took_us);
	response = MHD_create_response_from_buffer(exchange->body_length,
	    exchange->body, MHD_RESPMEM_MUST_FREE);
	if (response == NULL)
		return MHD_NO;
	exchange->body = NULL; /* the response's now */
	add_headers(exchange, is_last, response);
	result = MHD_queue_response(exchange->connection, exchange->status,
	    response);
	MHD_destroy_response(response);
	return result;
}
