/*
 * exchange.c -- one request to the HTTP interface, and its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE /* strncasecmp */
#include "admin/exchange.h"

#include "base/mem.h"
#include "base/text.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* When the store may be asked again: it is tried that often. */
enum { STORE_RETRY_S = 5, DETAIL_SIZE = 512 };

void
exchange_clear(struct exchange *exchange)
{
	free(exchange->method);
	free(exchange->path);
	json_decref(exchange->json);
	free(exchange->text);
	free(exchange->body);
	free(exchange->allow);
	free(exchange->cookie);
	memset(exchange, 0, sizeof(*exchange));
}

static const char *
look_up(const struct exchange *exchange, enum MHD_ValueKind kind,
    const char *name)
{
	const char *value = NULL;
	size_t length = 0;

	if (exchange->connection == NULL ||
	    MHD_lookup_connection_value_n(exchange->connection, kind, name,
		strlen(name), &value, &length) != MHD_YES)
		return NULL;
	return value != NULL ? value : "";
}

const char *
exchange_query(const struct exchange *exchange, const char *name)
{
	return look_up(exchange, MHD_GET_ARGUMENT_KIND, name);
}

const char *
exchange_header(const struct exchange *exchange, const char *name)
{
	return look_up(exchange, MHD_HEADER_KIND, name);
}

const char *
exchange_cookie(const struct exchange *exchange, const char *name)
{
	return look_up(exchange, MHD_COOKIE_KIND, name);
}

int64_t
exchange_number(const struct exchange *exchange, const char *name,
    int64_t initial)
{
	const char *text = exchange_query(exchange, name);

	return text == NULL ? initial : text_parse_number(text, INT64_MAX);
}

bool
exchange_is_text(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t step = text_utf8(text, left);

		if (step == 0 || (unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
		text += step;
		left -= step;
	}
	return true;
}

bool
exchange_is_json(const struct exchange *exchange)
{
	static const char json[] = "application/json";
	const char *type = exchange_header(exchange, "Content-Type");
	size_t length = sizeof(json) - 1;

	return type != NULL && strncasecmp(type, json, length) == 0 &&
	    (type[length] == '\0' || type[length] == ';' ||
		type[length] == ' ');
}

int
exchange_read_json(struct exchange *exchange)
{
	json_error_t error;

	exchange->json = json_loadb(exchange->text != NULL ?
		exchange->text : "", exchange->length,
	    JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(exchange->json))
		return 0;
	exchange_problem(exchange, MHD_HTTP_BAD_REQUEST,
	    "the body is no JSON object%s%.100s",
	    exchange->json == NULL ? ": " : "",
	    exchange->json == NULL ? error.text : "");
	return -1;
}

void
exchange_text(struct exchange *exchange, unsigned status, const char *type,
    char *text, size_t length)
{
	free(exchange->body);
	exchange->status = status;
	exchange->type = type;
	exchange->body = text;
	exchange->body_length = length;
}

void
exchange_empty(struct exchange *exchange, unsigned status)
{
	exchange_text(exchange, status, NULL, NULL, 0);
}

static void
answer_json(struct exchange *exchange, unsigned status, const char *type,
    json_t *document)
{
	char *text = json_dumps(document,
	    JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	size_t length;

	json_decref(document);
	if (text == NULL) {
		/* What the store holds is UTF-8; should it not be, say so. */
		exchange_text(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, NULL,
		    NULL, 0);
		return;
	}
	length = strlen(text);
	text = mem_grow(text, length + 2, 1);
	memcpy(text + length, "\n", 2);
	exchange_text(exchange, status, type, text, length + 1);
}

void
exchange_json(struct exchange *exchange, unsigned status, json_t *document)
{
	answer_json(exchange, status, "application/json", document);
}

void
exchange_problem(struct exchange *exchange, unsigned status,
    const char *format, ...)
{
	char bytes[DETAIL_SIZE];
	char detail[DETAIL_SIZE];
	struct text text;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(bytes, sizeof(bytes), format, arguments);
	va_end(arguments);
	/* What clients sent may be quoted here: no control bytes, UTF-8. */
	text_init(&text, detail, sizeof(detail));
	for (const char *at = bytes; *at != '\0';) {
		size_t step = text_utf8(at, strlen(at));

		if (step == 0 || (unsigned char)*at < 0x20 || *at == 0x7f) {
			text_add_char(&text, '?');
			at++;
			continue;
		}
		if (text.length + step < text.size)
			text_add_n(&text, at, step);
		at += step;
	}
	answer_json(exchange, status, "application/problem+json",
	    json_pack("{ss ss si ss ss}", "type", "about:blank", "title",
		MHD_get_reason_phrase_for(status), "status", (int)status,
		"detail", detail, "instance", exchange->guid));
}

void
exchange_no_store(struct exchange *exchange)
{
	exchange->retry_after_s = STORE_RETRY_S;
	exchange_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
	    "the store does not answer; see the log");
}
