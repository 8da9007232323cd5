/*
 * test_endpoint.c -- where we listen.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config/endpoint.h"
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
		struct endpoint endpoint;
		const char *wrong = endpoint_parse(&endpoint, good[i].text);

		ck_assert_msg(wrong == NULL, "%s: %s", good[i].text, wrong);
		ck_assert_ptr_null(endpoint.path);
		ck_assert_str_eq(endpoint.host, good[i].host);
		ck_assert_uint_eq(endpoint.port, good[i].port);
		ck_assert_msg(endpoint_is_local(&endpoint) == good[i].is_local,
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
		struct endpoint endpoint;

		ck_assert_msg(endpoint_parse(&endpoint, bad[i]) != NULL, "%s",
		    bad[i]);
	}
}
END_TEST

START_TEST(paths)
{
	char text[5 + 108 + 1] = "unix:/";
	struct endpoint endpoint;

	ck_assert_ptr_null(endpoint_parse(&endpoint, "unix:/a:80"));
	ck_assert_str_eq(endpoint.path, "/a:80");
	ck_assert(endpoint_is_local(&endpoint));
	memset(text + 6, 'x', 106);
	ck_assert_ptr_null(endpoint_parse(&endpoint, text));
	memset(text + 6, 'x', 107);
	ck_assert_ptr_nonnull(endpoint_parse(&endpoint, text));
}
END_TEST

START_TEST(long_hosts)
{
	char text[300];
	struct endpoint endpoint;

	memset(text, 'h', sizeof(text));
	memcpy(text + 255, ":1", 3);
	ck_assert_ptr_null(endpoint_parse(&endpoint, text));
	memset(text, 'h', sizeof(text));
	memcpy(text + 256, ":1", 3);
	ck_assert_ptr_nonnull(endpoint_parse(&endpoint, text));
}
END_TEST

static const struct {
	const char *one, *other;
	bool is_same;
} pairs[] = {
	{ "inet:127.0.0.1:80", "127.0.0.1:000080", true },
	{ "inet:127.0.0.1:80", "127.0.0.1:81", false },
	{ "inet:127.0.0.1:80", "127.0.0.2:80", false },
	{ "inet:[::1]:80", "[0:0::1]:80", true },
	{ "inet:Mail.Example:80", "mail.example:80", true },
	{ "unix:/a", "unix:/a", true },
	{ "unix:/a", "unix:/b", false },
	{ "unix:/a", "inet:a:0", false },
};

START_TEST(the_same_place)
{
	for (size_t i = 0; i < ROWS(pairs); i++) {
		struct endpoint one, other;

		ck_assert_ptr_null(endpoint_parse(&one, pairs[i].one));
		ck_assert_ptr_null(endpoint_parse(&other, pairs[i].other));
		ck_assert_msg(endpoint_equal(&one, &other) ==
		    pairs[i].is_same, "%s %s", pairs[i].one, pairs[i].other);
	}
}
END_TEST

UNIT("config/endpoint", hosts, refused, paths, long_hosts,
    the_same_place)
