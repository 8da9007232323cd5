/*
 * routes.h -- what the HTTP interface answers: a table.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * etc/openapi.yaml and policyd-http(7) describe the same; a test holds the
 * one against the other.
 */
#ifndef ADMIN_ROUTES_H
#define ADMIN_ROUTES_H

#include "admin/exchange.h"
#include "admin/handler_crew.h"
#include "admin/query_parameters.h"

struct route {
	const char *method;
	const char *path;	/* with a last part "{...}": any text there */
	enum grant grant;	/* what it takes */
	size_t body_max;	/* 0: it takes no body; else JSON is wanted */
	bool is_compatible;	/* geoip-policyd's: wrong input is a 400 */
	bool has_effect;	/* noted in the log */
	void (*handle)(struct admin *, struct exchange *);
	/* The only ones that may be there; NULL: others are passed over. */
	const struct parameter *parameters;
	const char *const *keys;	/* of the body */
	enum lane lane;		/* who does it, see handler_crew.h */
	bool is_raw;		/* the handler reads the body itself; */
	bool takes_anything;	/* whatever its type */
};

/* All of them; ends with a NULL method. */
extern const struct route routes[];

enum routes_result { ROUTES_FOUND, ROUTES_NO_PATH, ROUTES_NO_METHOD };

/*
 * Find the route of a request; HEAD is taken for GET. rest is what stands for
 * "{...}", within path. ROUTES_NO_METHOD: the path has others; write them as
 * for Allow, "GET, HEAD, PUT", to allow, to be freed.
 */
enum routes_result routes_find(const char *method, const char *path,
    const struct route **, const char **rest, char **allow);

#endif
