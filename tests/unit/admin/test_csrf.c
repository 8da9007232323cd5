/*
 * test_csrf.c -- pages of other sites are told from programs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "admin/csrf.h"
#include "unit.h"

static const struct {
	const char *what;
	struct provenance from;	/* host, origin, referer, fetch_site */
	bool is_loopback_only;
	const char *sign;
} rows[] = {
	{ "a program", { "policyd:8080", NULL, NULL, NULL }, false, NULL },
	{ "HTTP 1.0 without a host", { NULL, NULL, NULL, NULL }, true, NULL },
	{ "our own page", { "h:1", "http://h:1", "http://h:1/x", "same-origin" },
	    false, NULL },
	{ "in another case", { "Host:1", "https://hOST:1", NULL, NULL }, false,
	    NULL },
	{ "typed by a person", { "h", NULL, NULL, "none" }, false, NULL },
	{ "another site", { "h", "http://evil", NULL, NULL }, false, "Origin" },
	{ "another port", { "h:1", "http://h:2", NULL, NULL }, false,
	    "Origin" },
	{ "a name that begins alike", { "h", "http://h.evil", NULL, NULL },
	    false, "Origin" },
	{ "a name in the user part", { "h", "http://h@evil", NULL, NULL },
	    false, "Origin" },
	{ "a hidden origin", { "h", "null", NULL, NULL }, false, "Origin" },
	{ "an origin and no host", { NULL, "http://h", NULL, NULL }, false,
	    "Origin" },
	{ "a picture in another site's page",
	    { "h", NULL, "http://evil/h", NULL }, false, "Referer" },
	{ "a referer without a path", { "h", NULL, "http://h?x", NULL }, false,
	    NULL },
	{ "Fetch Metadata: cross-site", { "h", NULL, NULL, "cross-site" },
	    false, "Sec-Fetch-Site" },
	{ "Fetch Metadata: same-site", { "h", NULL, NULL, "same-site" },
	    false, "Sec-Fetch-Site" },
	{ "localhost", { "localhost:80", NULL, NULL, NULL }, true, NULL },
	{ "IPv4 loopback", { "127.8.9.1", NULL, NULL, NULL }, true, NULL },
	{ "IPv6 loopback", { "[::1]:80", NULL, NULL, NULL }, true, NULL },
	{ "a name made to point to us", { "evil:80", NULL, NULL, NULL }, true,
	    "Host" },
	{ "an address in a name", { "127.0.0.1.evil", NULL, NULL, NULL }, true,
	    "Host" },
	{ "an address of others", { "192.0.2.1", NULL, NULL, NULL }, true,
	    "Host" },
	{ "an empty host", { "", NULL, NULL, NULL }, true, "Host" },
	{ "a bracket that stays open", { "[::1", NULL, NULL, NULL }, true,
	    NULL },
	{ "a very long host", { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL, NULL, NULL }, true, "Host" },
};

START_TEST(signs)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *sign = csrf_sign(&rows[i].from,
		    rows[i].is_loopback_only);

		ck_assert_msg((sign == NULL) == (rows[i].sign == NULL), "%s",
		    rows[i].what);
		ck_assert_pstr_eq(sign, rows[i].sign);
	}
}
END_TEST

UNIT("admin/csrf", signs)
