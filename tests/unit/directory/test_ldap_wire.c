/*
 * test_ldap_wire.c -- no wait on a directory's socket outlasts its deadline.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/clock.h"
#include "directory/ldap_wire.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WAIT_MS = 100 };

/* A listener on loopback; its port. */
static int
listen_somewhere(int *listener)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(
	    bind(*listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(*listener, 8), 0);
	ck_assert_int_eq(
	    getsockname(*listener, (struct sockaddr *)&address, &size), 0);
	return ntohs(address.sin_port);
}

/* A wire to somebody who accepts and says nothing. */
static LDAP *
reach_mute(struct wire *wire, int *listener)
{
	char host[] = "127.0.0.1", scheme[] = "ldap";
	LDAPURLDesc url = { .lud_scheme = scheme, .lud_host = host };
	char error[256] = "", uri[64];
	LDAP *handle;

	url.lud_port = listen_somewhere(listener);
	snprintf(uri, sizeof(uri), "ldap://127.0.0.1:%d", url.lud_port);
	*wire = (struct wire){ .fd = -1, .stop_fd = -1,
		.deadline_ms = clock_mono_ms() + 60000 };
	ck_assert_msg(wire_connect(wire, &url, error, sizeof(error)) == 0,
	    "%s", error);
	handle = wire_handle(wire, uri, error, sizeof(error));
	ck_assert_msg(handle != NULL, "%s", error);
	return handle;
}

/* The time since then is the wait, give or take a busy machine. */
static void
assert_waited(int64_t began_ms)
{
	int64_t took_ms = clock_mono_ms() - began_ms;

	ck_assert_msg(took_ms >= WAIT_MS && took_ms < WAIT_MS + 20000,
	    "it took %lld ms", (long long)took_ms);
}

START_TEST(wait_ends)
{
	int ends[2], stop[2];
	struct wire wire;
	int64_t began_ms = clock_mono_ms();

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(pipe(stop), 0);
	wire.fd = ends[0];
	wire.stop_fd = stop[0];
	wire.deadline_ms = began_ms + WAIT_MS;
	ck_assert_int_eq(wire_wait(&wire, POLLOUT), 0);
	ck_assert_int_eq(wire_wait(&wire, POLLIN), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	assert_waited(began_ms);
	wire.deadline_ms = began_ms + 60000;
	ck_assert_int_eq(write(stop[1], "", 1), 1);
	ck_assert_int_eq(wire_wait(&wire, POLLIN), -1);
	ck_assert_int_eq(errno, ECANCELED);
	close(ends[0]);
	close(ends[1]);
	close(stop[0]);
	close(stop[1]);
}
END_TEST

START_TEST(handshake_ends)
{
	struct wire wire;
	int listener;
	LDAP *handle = reach_mute(&wire, &listener);
	int64_t began_ms = clock_mono_ms();

	wire.deadline_ms = began_ms + WAIT_MS;
	ck_assert_int_ne(ldap_install_tls(handle), LDAP_SUCCESS);
	assert_waited(began_ms);
	ldap_unbind_ext(handle, NULL, NULL);
	ck_assert_int_eq(wire.fd, -1);
	close(listener);
}
END_TEST

/* Questions to somebody who does not read, until the buffers are full. */
START_TEST(sending_ends)
{
	struct wire wire;
	int listener;
	LDAP *handle = reach_mute(&wire, &listener);
	static char filter[100000];
	int operation;
	int code;
	int64_t began_ms;

	memset(filter, 'x', sizeof(filter) - 2);
	memcpy(filter, "(a=", 3);
	filter[sizeof(filter) - 2] = ')';
	do {
		began_ms = clock_mono_ms();
		wire.deadline_ms = began_ms + WAIT_MS;
		code = ldap_search_ext(handle, "", LDAP_SCOPE_BASE, filter,
		    NULL, 0, NULL, NULL, NULL, 0, &operation);
	} while (code == LDAP_SUCCESS);
	assert_waited(began_ms);
	ldap_unbind_ext(handle, NULL, NULL);
	close(listener);
}
END_TEST

START_TEST(hang_up_is_no_signal)
{
	struct wire wire;
	int listener, peer, operation;
	LDAP *handle = reach_mute(&wire, &listener);
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	int code = LDAP_SUCCESS;

	signal(SIGPIPE, SIG_DFL);
	peer = accept(listener, NULL, NULL);
	setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(peer);
	for (int i = 0; i < 3 && code == LDAP_SUCCESS; i++)
		code = ldap_search_ext(handle, "", LDAP_SCOPE_BASE, NULL, NULL,
		    0, NULL, NULL, NULL, 0, &operation);
	ck_assert_int_eq(code, LDAP_SERVER_DOWN);
	ldap_unbind_ext(handle, NULL, NULL);
	close(listener);
}
END_TEST

START_TEST(nobody_there)
{
	char host[] = "127.0.0.1", scheme[] = "ldap";
	LDAPURLDesc url = { .lud_scheme = scheme, .lud_host = host };
	struct wire wire = { .fd = -1, .stop_fd = -1,
		.deadline_ms = clock_mono_ms() + 60000 };
	char error[256] = "";
	int listener;

	url.lud_port = listen_somewhere(&listener);
	close(listener);
	ck_assert_int_eq(wire_connect(&wire, &url, error, sizeof(error)), -1);
	ck_assert_str_eq(error, "connecting: Connection refused");
	ck_assert_int_eq(wire.fd, -1);
}
END_TEST

UNIT("directory/ldap_wire", wait_ends, handshake_ends, sending_ends,
    hang_up_is_no_signal, nobody_there)
