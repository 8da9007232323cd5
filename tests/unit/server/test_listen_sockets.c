/*
 * test_listen_sockets.c -- the sockets that clients come to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define _DEFAULT_SOURCE
#include "sockets.h"


/* --- opening ------------------------------------------------------------ */

static const struct {
	const char *says, *spec;
	size_t sockets;
} inets[] = {
	{ "IPv4, a free port", "inet:127.0.0.1:0", 1 },
	{ "IPv6, a free port", "inet:[::1]:0", 1 },
	{ "any IPv6", "inet:[::]:0", 1 },
	{ "any IPv4", "inet:0.0.0.0:0", 1 },
	{ "any of both", "inet:*:0", 2 },
};

static void
check_inet(size_t i)
{
	struct listeners listeners;

	listen_on(inets[i].spec, NULL);
	ck_assert_msg(
	    open_now(&listeners, NULL) == 0, "%s", inets[i].says);
	ck_assert_uint_eq(listeners.count, inets[i].sockets);
	for (size_t n = 0; n < listeners.count; n++) {
		ck_assert_str_eq(listeners.list[n].spec, inets[i].spec);
		ck_assert_ptr_null(listeners.list[n].path);
		assert_serves(&listeners.list[n]);
	}
	listen_close(&listeners, NULL);
	ck_assert_uint_eq(listeners.count, 0);
}

START_TEST(test_inet)
{
	for (size_t i = 0; i < ROWS(inets); i++) {
		setup();
		check_inet(i);
		teardown();
	}
}
END_TEST

/* Both can have one port, since an IPv6 socket takes IPv6 alone. */
START_TEST(test_v6only)
{
	struct listeners first, second;
	struct address bound;
	char text[32];

	setup();
	listen_on("inet:[::]:0", NULL);
	ck_assert_int_eq(open_now(&first, NULL), 0);
	address_of(first.list[0].fd, &bound);
	snprintf(text, sizeof(text), "inet:0.0.0.0:%u", address_port(&bound));
	listen_on(text, NULL);
	ck_assert_int_eq(open_now(&second, NULL), 0);
	assert_serves(&second.list[0]);
	listen_close(&first, NULL);
	listen_close(&second, NULL);
	teardown();
}
END_TEST

/* --- what is refused ---------------------------------------------------- */

static const struct {
	const char *says, *first, *second;
} bad[] = {
	{ "no kind", "/run/policyd", NULL },
	{ "an unknown kind", "tcp:127.0.0.1:0", NULL },
	{ "no path", "unix:", NULL },
	{ "a relative path", "unix:policy", NULL },
	{ "no directory", "unix:/no/such/directory/policy", NULL },
	{ "a file for a directory", "unix:/etc/hostname/policy", NULL },
	{ "a path of 108 bytes", "unix:/tmp/4567890123456789012345678901234567"
	    "8901234567890123456789012345678901234567890123456789012345678901"
	    "23456", NULL },
	{ "no port", "inet:127.0.0.1", NULL },
	{ "an empty port", "inet:127.0.0.1:", NULL },
	{ "no number", "inet:127.0.0.1:smtp", NULL },
	{ "a port too high", "inet:127.0.0.1:65536", NULL },
	{ "no host", "inet::4646", NULL },
	{ "IPv6 without brackets", "inet:::1:4646", NULL },
	{ "an open bracket", "inet:[::1:4646", NULL },
	{ "nothing in brackets", "inet:[]:4646", NULL },
	{ "no such address", "inet:300.1.1.1:4646", NULL },
	{ "an address of others", "inet:192.0.2.1:0", NULL },
	{ "the same twice", "inet:127.0.0.1:0", "inet:127.0.0.1:0" },
	{ "a good one and a bad one", "inet:127.0.0.1:0", "inet:nowhere" },
};

static void
check_bad(size_t i)
{
	struct listeners listeners;

	listen_on(bad[i].first, bad[i].second);
	ck_assert_msg(
	    open_now(&listeners, NULL) == -1, "%s", bad[i].says);
	ck_assert_uint_eq(listeners.count, 0);
}

START_TEST(test_bad)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		setup();
		check_bad(i);
		teardown();
	}
}
END_TEST

START_TEST(test_port_in_use)
{
	struct listeners first, second;
	struct address bound;
	char text[ADDRESS_TEXT_SIZE];

	setup();
	listen_on("inet:127.0.0.1:0", NULL);
	ck_assert_int_eq(open_now(&first, NULL), 0);
	address_of(first.list[0].fd, &bound);
	listen_on(address_format(&bound, text), NULL);
	ck_assert_int_eq(open_now(&second, NULL), -1);
	listen_close(&first, NULL);
	/* Free again at once, whatever its connections wait for. */
	ck_assert_int_eq(open_now(&second, NULL), 0);
	listen_close(&second, NULL);
	teardown();
}
END_TEST

START_TEST(test_failure_leaves_nothing)
{
	struct listeners listeners;

	setup();
	listen_on(spec, "inet:nowhere");
	ck_assert_int_eq(open_now(&listeners, NULL), -1);
	ck_assert_int_eq(access(path, F_OK), -1);
	teardown();
}
END_TEST

/* --- from one generation to the next ------------------------------------ */

START_TEST(test_taken_over)
{
	struct listeners old, new;
	int client;

	setup();
	listen_on(spec, "inet:127.0.0.1:0");
	ck_assert_int_eq(open_now(&old, NULL), 0);
	client = connect_to(&old.list[0]); /* waits in the queue meanwhile */
	ck_assert_int_eq(open_now(&new, &old), 0);
	ck_assert_uint_eq(new.count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(new.list[i].fd, old.list[i].fd);
		ck_assert_str_eq(new.list[i].spec, old.list[i].spec);
	}
	listen_close(&old, &new);
	ck_assert_int_eq(access(path, F_OK), 0);
	close(accept(new.list[0].fd, NULL, NULL));
	close(client);
	assert_serves(&new.list[0]);
	assert_serves(&new.list[1]);
	listen_close(&new, NULL);
	ck_assert_int_eq(access(path, F_OK), -1);
	teardown();
}
END_TEST

START_TEST(test_another_name_for_the_address)
{
	struct listeners old, new;
	struct address bound;
	char text[ADDRESS_TEXT_SIZE];

	setup();
	listen_on("inet:localhost:0", NULL);
	ck_assert_int_eq(open_now(&old, NULL), 0);
	address_of(old.list[0].fd, &bound);
	listen_on(address_format(&bound, text), NULL);
	ck_assert_int_eq(open_now(&new, &old), 0);
	ck_assert_int_eq(new.list[0].fd, old.list[0].fd);
	ck_assert_str_eq(new.list[0].spec, text);
	listen_close(&old, &new);
	assert_serves(&new.list[0]);
	listen_close(&new, NULL);
	teardown();
}
END_TEST

START_TEST(test_removed_and_added)
{
	struct listeners old, new;
	int fd;

	setup();
	listen_on(spec, "inet:127.0.0.1:0");
	ck_assert_int_eq(open_now(&old, NULL), 0);
	listen_on("inet:127.0.0.1:0", "inet:[::1]:0");
	ck_assert_int_eq(open_now(&new, &old), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	fd = old.list[0].fd;
	listen_close(&old, &new);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	assert_serves(&new.list[0]);
	assert_serves(&new.list[1]);
	listen_close(&new, NULL);
	teardown();
}
END_TEST

START_TEST(test_failed_reload_leaves_the_old)
{
	struct listeners old, new;

	setup();
	listen_on(spec, "inet:127.0.0.1:0");
	ck_assert_int_eq(open_now(&old, NULL), 0);
	listen_on(spec, "inet:nowhere");
	ck_assert_int_eq(open_now(&new, &old), -1);
	assert_serves(&old.list[0]);
	assert_serves(&old.list[1]);
	listen_close(&old, NULL);
	teardown();
}
END_TEST

START_TEST(test_bound_anew_by_another)
{
	struct listeners listeners;
	int other;

	setup();
	listen_on(spec, NULL);
	ck_assert_int_eq(open_now(&listeners, NULL), 0);
	ck_assert_int_eq(unlink(path), 0);
	other = bind_unix(path, SOCK_STREAM, true);
	listen_close(&listeners, NULL);
	close(connect_unix(path));
	ck_assert_int_eq(access(path, F_OK), 0);
	close(other);
	teardown();
}
END_TEST

/* --- HTTP --------------------------------------------------------------- */

/* http.listen is one more, marked as such, and kept over a reload. */
START_TEST(test_http)
{
	struct listeners first, second;
	char http[] = "127.0.0.1:0";

	setup();
	listen_on("inet:127.0.0.1:0", NULL);
	config.http.listen = http;
	config.server.user = user;
	config.server.group = group;
	listen_on(spec, NULL);
	ck_assert_int_eq(open_now(&first, NULL), 0);
	ck_assert_uint_eq(first.count, 2);
	ck_assert(first.list[0].service == ENDPOINT_POLICY);
	ck_assert(first.list[1].service == ENDPOINT_HTTP);
	ck_assert_int_eq(open_now(&second, &first), 0);
	ck_assert_int_eq(second.list[1].fd, first.list[1].fd);
	ck_assert(second.list[1].service == ENDPOINT_HTTP);
	listen_close(&first, &second);
	assert_serves(&second.list[1]);
	listen_close(&second, NULL);
	teardown();
}
END_TEST

UNIT("server/listen_sockets", test_inet, test_v6only, test_bad,
    test_port_in_use, test_failure_leaves_nothing, test_taken_over,
    test_another_name_for_the_address, test_removed_and_added,
    test_failed_reload_leaves_the_old, test_bound_anew_by_another, test_http)
