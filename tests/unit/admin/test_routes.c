/*
 * test_routes.c -- what the HTTP interface answers, and who says so.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/page.h"
#include "admin/routes.h"
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *what, *method, *path;
	enum routes_result result;
	const char *rest, *allow;
} rows[] = {
	{ "a path of its own", "GET", "/reload", ROUTES_FOUND, "", NULL },
	{ "HEAD is GET without a body", "HEAD", "/metrics", ROUTES_FOUND, "",
	    NULL },
	{ "one path, two methods", "DELETE", "/remove", ROUTES_FOUND, "",
	    NULL },
	{ "an account", "PUT", "/v1/blocks/joe@example.com", ROUTES_FOUND,
	    "joe@example.com", NULL },
	{ "an account with a slash", "GET", "/v1/accounts/a/b", ROUTES_FOUND,
	    "a/b", NULL },
	{ "a list is not an account", "GET", "/v1/blocks", ROUTES_FOUND, "",
	    NULL },
	{ "no account", "GET", "/v1/blocks/", ROUTES_NO_PATH, NULL, NULL },
	{ "the page", "GET", "/", ROUTES_FOUND, "", NULL },
	{ "no path", "OPTIONS", "*", ROUTES_NO_PATH, NULL, NULL },
	{ "longer than a path", "GET", "/reload/", ROUTES_NO_PATH, NULL,
	    NULL },
	{ "the beginning of a path", "GET", "/v1/block", ROUTES_NO_PATH, NULL,
	    NULL },
	{ "another method", "POST", "/livez", ROUTES_NO_METHOD, NULL,
	    "GET, HEAD" },
	{ "methods are in upper case", "get", "/livez", ROUTES_NO_METHOD,
	    NULL, "GET, HEAD" },
	{ "of several methods none", "PUT", "/remove", ROUTES_NO_METHOD, NULL,
	    "DELETE, POST" },
};

START_TEST(finds)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct route *route = NULL;
		const char *rest = NULL;
		char *allow = NULL;

		ck_assert_msg(routes_find(rows[i].method, rows[i].path,
		    &route, &rest, &allow) == rows[i].result, "%s",
		    rows[i].what);
		if (rows[i].result == ROUTES_FOUND)
			ck_assert_str_eq(rest, rows[i].rest);
		ck_assert_pstr_eq(allow, rows[i].allow);
		free(allow);
	}
}
END_TEST

/* What changes something takes more than reading; bodies are for those that
 * send something. */
START_TEST(each_route_makes_sense)
{
	for (const struct route *r = routes; r->method != NULL; r++) {
		bool has_body = strcmp(r->method, "PUT") == 0 ||
		    strcmp(r->method, "POST") == 0 ||
		    strcmp(r->method, "PATCH") == 0 ||
		    (strcmp(r->method, "DELETE") == 0 && r->is_compatible);

		has_body = has_body && strcmp(r->path, "/reload") != 0 &&
		    strcmp(r->path, "/v1/session") != 0;

		ck_assert_msg((r->body_max > 0) == has_body, "%s %s",
		    r->method, r->path);
		ck_assert_msg(!r->has_effect || r->grant >= GRANT_OPERATE,
		    "%s %s", r->method, r->path);
		ck_assert_msg((r->grant == GRANT_ANYBODY) ==
		    (strcmp(r->path, "/livez") == 0 ||
		    strcmp(r->path, "/readyz") == 0 ||
		    r->handle == page_show), "%s", r->path);
	}
}
END_TEST

/* Is the route described, with its scope? */
static bool
is_described(FILE *openapi, const struct route *route)
{
	static const char *const scopes[] = { "none", "read", "operate",
		"admin" };
	char line[512];
	char path[256] = "";
	char method[16] = "";
	char scope[16];

	rewind(openapi);
	while (fgets(line, sizeof(line), openapi) != NULL) {
		if (strcmp(line, "  /:\n") == 0)
			path[0] = '\0';
		sscanf(line, "  /%254[^:]:", path);
		if (strncmp(line, "    ", 4) == 0 && isalpha(line[4]))
			sscanf(line, "    %15[a-z]:", method);
		for (char *c = method; *c != '\0'; c++)
			*c = (char)toupper(*c);
		if (sscanf(line, "      x-scope: %15s", scope) == 1 &&
		    strcmp(path, route->path + 1) == 0 &&
		    strcmp(method, route->method) == 0)
			return strcmp(scope, scopes[route->grant]) == 0;
	}
	return false;
}

/* etc/openapi.yaml has every route, with its scope, and no other. */
START_TEST(the_description_has_them_all)
{
	FILE *openapi = fopen("etc/openapi.yaml", "r");
	char line[512];
	size_t described = 0;
	size_t count = 0;

	ck_assert_ptr_nonnull(openapi);
	for (const struct route *r = routes; r->method != NULL; r++, count++)
		ck_assert_msg(is_described(openapi, r), "%s %s", r->method,
		    r->path);
	rewind(openapi);
	while (fgets(line, sizeof(line), openapi) != NULL)
		described += strncmp(line, "      x-scope:", 14) == 0;
	ck_assert_uint_eq(described, count);
	fclose(openapi);
}
END_TEST

/* policyd-http(7) names every path. */
START_TEST(the_manual_has_them_all)
{
	FILE *page = fopen("man/policyd-http.7", "r");
	char text[65536];
	size_t length;

	ck_assert_ptr_nonnull(page);
	length = fread(text, 1, sizeof(text) - 1, page);
	text[length] = '\0';
	fclose(page);
	for (const struct route *r = routes; r->method != NULL; r++) {
		char wanted[128];

		snprintf(wanted, sizeof(wanted), ".It Ic %s %.*s", r->method,
		    (int)strcspn(r->path, "{"), r->path);
		ck_assert_msg(strstr(text, wanted) != NULL, "%s %s",
		    r->method, r->path);
	}
}
END_TEST

UNIT("admin/routes", finds, each_route_makes_sense,
    the_description_has_them_all, the_manual_has_them_all)
