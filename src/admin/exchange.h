/*
 * exchange.h -- one request to the HTTP interface, and its answer.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * http.c fills in the request, a handler (routes.h) the answer, through the
 * functions below; http.c sends it and frees the exchange.
 */
#ifndef ADMIN_EXCHANGE_H
#define ADMIN_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct MHD_Connection;
struct route;
struct sessions;

/* What somebody may do; each includes those before it. */
enum grant {
	GRANT_ANYBODY,	/* needs no credentials */
	GRANT_READ,
	GRANT_OPERATE,	/* block, unblock, ask for verdicts that count */
	GRANT_ADMIN,	/* change settings, reload, see the configuration */
};

enum { WHO_SIZE = 128, ORIGIN_SIZE = 64, GUID_SIZE = 37 };

struct exchange {
	/* The request. */
	struct MHD_Connection *connection;	/* NULL in tests */
	char *method, *path;	/* the path without escapes, no query */
	struct sessions *sessions;	/* borrowed; the loop's */
	const struct route *route;
	const char *rest;	/* of the path, behind the route's */
	enum grant grant;	/* of who is asking */
	char who[WHO_SIZE];	/* "joe", "token:0123abcd", "local" */
	char origin[ORIGIN_SIZE];	/* his address, or "unix" */
	char remote[ORIGIN_SIZE + 8];	/* the same with its port */
	char guid[GUID_SIZE];	/* of this request */
	char *text;		/* the body as it came, or NULL: empty */
	size_t length;
	json_t *json;		/* the same, read; NULL if the route is raw */

	/* The answer: status 0 until there is one. */
	unsigned status;
	char *body;		/* NULL: none */
	size_t body_length;
	const char *type;	/* of the body; a constant */
	char *allow;		/* header Allow, or NULL */
	char *cookie;		/* header Set-Cookie, or NULL */
	int64_t etag;		/* header ETag, 0: none */
	unsigned retry_after_s;	/* header Retry-After, 0: none */
};

/* Free what an exchange holds. */
void exchange_clear(struct exchange *);

/* A parameter of the query, NULL if it is not there, "" if it is empty. */
const char *exchange_query(const struct exchange *, const char *name);

/* A header of the request, or NULL. */
const char *exchange_header(const struct exchange *, const char *name);

/* A cookie of the request, or NULL. */
const char *exchange_cookie(const struct exchange *, const char *name);

/* A number in the query, which the route expects (see query_parameters.h):
 * `initial` if it is not there. */
int64_t exchange_number(const struct exchange *, const char *name,
    int64_t initial);

/* Is it UTF-8 without control characters? */
bool exchange_is_text(const char *);

/* Does it say that its body is application/json? */
bool exchange_is_json(const struct exchange *);

/* Read the body as an object: 0, or -1 after answering what is wrong. */
int exchange_read_json(struct exchange *);

/* Answer with a document, which is used up; with text, which is taken over
 * (type is a constant); or with nothing but the status. */
void exchange_json(struct exchange *, unsigned status, json_t *);
void exchange_text(struct exchange *, unsigned status, const char *type,
    char *text, size_t length);
void exchange_empty(struct exchange *, unsigned status);

/* Answer with a problem (RFC 9457); the text is its detail. */
void exchange_problem(struct exchange *, unsigned status, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Answer that the store is away. */
void exchange_no_store(struct exchange *);

#endif
