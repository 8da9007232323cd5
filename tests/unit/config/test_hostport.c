/*
 * test_hostport.c -- where a server listens.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/hostport.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *text, *host;
	unsigned port;
	bool is_local;
} good[] = {
	{ "127.0.0.1:80", "127.0.0.1", 80, true },
	{ "127.9.9.9:0", "127.9.9.9", 0, true },
	{ "[::1]:65535", "::1", 65535, true },
	{ "[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, true },
	{ "localhost:8080", "localhost", 8080, true },
	{ "0.0.0.0:80", "0.0.0.0", 80, false },
	{ "[::]:80", "::", 80, false },
	{ "[2001:db8::1]:80", "2001:db8::1", 80, false },
	{ "128.0.0.1:80", "128.0.0.1", 80, false },
	{ "localhost.example:80", "localhost.example", 80, false },
};

START_TEST(hosts)
{
	for (size_t i = 0; i < ROWS(good); i++) {
		struct hostport hostport;
		const char *wrong = hostport_parse(&hostport, good[i].text);

		ck_assert_msg(wrong == NULL, "%s: %s", good[i].text, wrong);
		ck_assert_ptr_null(hostport.path);
		ck_assert_str_eq(hostport.host, good[i].host);
		ck_assert_uint_eq(hostport.port, good[i].port);
		ck_assert_msg(hostport_is_local(&hostport) == good[i].is_local,
		    "%s", good[i].text);
	}
}
END_TEST

static const char *const bad[] = {
	"", ":", ":80", "80", "a:", "a:65536", "a:-1", "a:8x", "a b:80",
	"::1:80", "[::1:80", "[]:80", "[127.0.0.1]:80", "[x]:80", "[::1]80",
	"a/b:80", "unix:", "unix:a",
};

START_TEST(refused)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct hostport hostport;

		ck_assert_msg(hostport_parse(&hostport, bad[i]) != NULL, "%s",
		    bad[i]);
	}
}
END_TEST

START_TEST(paths)
{
	char text[5 + 108 + 1] = "unix:/";
	struct hostport hostport;

	ck_assert_ptr_null(hostport_parse(&hostport, "unix:/a:80"));
	ck_assert_str_eq(hostport.path, "/a:80");
	ck_assert(hostport_is_local(&hostport));
	memset(text + 6, 'x', 106);
	ck_assert_ptr_null(hostport_parse(&hostport, text));
	memset(text + 6, 'x', 107);
	ck_assert_ptr_nonnull(hostport_parse(&hostport, text));
}
END_TEST

START_TEST(long_hosts)
{
	char text[300];
	struct hostport hostport;

	memset(text, 'h', sizeof(text));
	memcpy(text + 255, ":1", 3);
	ck_assert_ptr_null(hostport_parse(&hostport, text));
	memset(text, 'h', sizeof(text));
	memcpy(text + 256, ":1", 3);
	ck_assert_ptr_nonnull(hostport_parse(&hostport, text));
}
END_TEST

UNIT("config/hostport", hosts, refused, paths, long_hosts)
