/*
 * test_client_session.c -- one client: bytes in, answers out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/log.h"
#include "policy/client_session.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ONE "request=smtpd_access_policy\nsasl_username=one\n\n"
#define TWO "request=smtpd_access_policy\nsasl_username=two\n\n"

static int ends[2];	/* the session's and the client's */
static struct session *session;

static void
begin(void)
{
	struct log_options quiet = { .level = LOG_LEVEL_ERROR };

	log_setup(&quiet);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	session = session_new(ends[0]);
}

static void
end(void)
{
	session_free(session);
	close(ends[1]);
}

static void
say(const char *bytes)
{
	ck_assert_int_eq(write(ends[1], bytes, strlen(bytes)),
	    (ssize_t)strlen(bytes));
}

static void
hear(const char *expected)
{
	char bytes[256] = "";

	ck_assert_int_ge(read(ends[1], bytes, sizeof(bytes) - 1), 0);
	ck_assert_str_eq(bytes, expected);
}

START_TEST(answers_a_request)
{
	begin();
	ck_assert(session_is_idle(session));
	ck_assert_int_eq(session_read(session), SESSION_READING);
	say(ONE);
	ck_assert_int_eq(session_read(session), SESSION_READY);
	ck_assert(!session_is_idle(session));
	ck_assert_str_eq(session_request(session)->sasl_username, "one");
	ck_assert_int_eq(session_answer(session, "DUNNO"), SESSION_READING);
	hear("action=DUNNO\n\n");
	ck_assert(session_is_idle(session));
	end();
}
END_TEST

START_TEST(takes_one_at_a_time)
{
	begin();
	say(ONE TWO "request=smt");
	ck_assert_int_eq(session_read(session), SESSION_READY);
	ck_assert_str_eq(session_request(session)->sasl_username, "one");
	/* More is not read before the answer is out. */
	say("pd_access_policy\nsasl_username=three\n\n");
	ck_assert_int_eq(session_read(session), SESSION_READY);
	ck_assert_int_eq(session_answer(session, "1"), SESSION_READY);
	ck_assert_str_eq(session_request(session)->sasl_username, "two");
	ck_assert_int_eq(session_answer(session, "2"), SESSION_READING);
	ck_assert_int_eq(session_read(session), SESSION_READY);
	ck_assert_str_eq(session_request(session)->sasl_username, "three");
	ck_assert_int_eq(session_answer(session, "3"), SESSION_READING);
	hear("action=1\n\naction=2\n\naction=3\n\n");
	end();
}
END_TEST

START_TEST(takes_it_byte_by_byte)
{
	static const char bytes[] = ONE;
	char byte[2] = "";

	begin();
	for (size_t i = 0; bytes[i] != '\0'; i++) {
		byte[0] = bytes[i];
		say(byte);
		ck_assert_int_eq(session_read(session),
		    bytes[i + 1] == '\0' ? SESSION_READY : SESSION_READING);
	}
	end();
}
END_TEST

static const char *const bad[] = {
	"\n",
	"hello\n\n",
	"request=junk\n\n",
	"request=smtpd_access_policy\nno equals\n\n",
};

START_TEST(closes_what_is_malformed)
{
	for (size_t i = 0; i < ROWS(bad); i++) {
		begin();
		say(bad[i]);
		ck_assert_int_eq(session_read(session), SESSION_OVER);
		end();
	}
}
END_TEST

START_TEST(closes_what_is_too_long)
{
	char bytes[1024];
	enum session_state state = SESSION_READING;
	size_t sent = 0;

	begin();
	memset(bytes, 'x', sizeof(bytes));
	while (state == SESSION_READING && sent < 2 * REQUEST_MAX) {
		ck_assert_int_eq(write(ends[1], bytes, sizeof(bytes)),
		    sizeof(bytes));
		sent += sizeof(bytes);
		state = session_read(session);
	}
	ck_assert_int_eq(state, SESSION_OVER);
	ck_assert_uint_eq(sent, REQUEST_MAX);
	end();
}
END_TEST

START_TEST(ends_with_the_client)
{
	begin();
	say("request=smtpd");
	ck_assert_int_eq(session_read(session), SESSION_READING);
	shutdown(ends[1], SHUT_WR);
	ck_assert_int_eq(session_read(session), SESSION_OVER);
	end();
}
END_TEST

/* A client that does not read its answers is not read either. */
START_TEST(waits_for_a_client_that_does_not_read)
{
	enum session_state state = SESSION_READY;
	char text[400];
	char bytes[65536];
	ssize_t got;
	size_t answers = 0;
	size_t heard = 0;

	begin();
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	while (state != SESSION_WRITING) {
		say(ONE);
		ck_assert_int_eq(session_read(session), SESSION_READY);
		state = session_answer(session, text);
		answers++;
		ck_assert_uint_lt(answers, 100000);
	}
	say(TWO);
	ck_assert_int_eq(session_read(session), SESSION_WRITING);
	ck_assert_int_eq(session_write(session), SESSION_WRITING);
	while ((got = read(ends[1], bytes, sizeof(bytes))) > 0)
		heard += (size_t)got;
	ck_assert_int_eq(session_write(session), SESSION_READING);
	while ((got = read(ends[1], bytes, sizeof(bytes))) > 0)
		heard += (size_t)got;
	ck_assert_uint_eq(heard, answers * (strlen("action=\n\n") + 399));
	ck_assert_int_eq(session_read(session), SESSION_READY);
	ck_assert_str_eq(session_request(session)->sasl_username, "two");
	end();
}
END_TEST

UNIT("policy/client_session", answers_a_request, takes_one_at_a_time,
    takes_it_byte_by_byte, closes_what_is_malformed, closes_what_is_too_long,
    ends_with_the_client, waits_for_a_client_that_does_not_read)
