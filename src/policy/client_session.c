/*
 * client_session.c -- one client: bytes in, answers out.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "policy/client_session.h"

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	/* Postfix's requests are 600 to 900 bytes long. */
	FIRST_ROOM = 2048,
	/* A buffer larger than this is given back when it is empty. */
	KEPT_ROOM = 8192,
	ANSWER_MAX = 1024,
	/* What is shown of a malformed line. */
	SHOWN_MAX = 120,
};

struct session {
	int fd;
	enum session_state state;
	char *bytes;
	size_t room, length;
	size_t request_length;	/* of the request at the start of bytes */
	struct request request;
	int64_t since_us;
	char *answer;		/* what is left to write, or NULL */
	size_t answer_length, answer_done;
};

struct session *
session_new(int fd)
{
	struct session *session = mem_new(1, sizeof(*session));

	session->fd = fd;
	session->since_us = clock_mono_us();
	return session;
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	close(session->fd);
	free(session->bytes);
	free(session->answer);
	free(session);
}

int
session_fd(const struct session *session)
{
	return session->fd;
}

enum session_state
session_state(const struct session *session)
{
	return session->state;
}

const struct request *
session_request(const struct session *session)
{
	return &session->request;
}

int64_t
session_since_us(const struct session *session)
{
	return session->since_us;
}

void
session_hang_up(struct session *session)
{
	shutdown(session->fd, SHUT_RD);
}

bool
session_is_local(const struct session *session)
{
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);

	return getsockname(session->fd, (struct sockaddr *)&own, &size) == 0 &&
	    own.ss_family == AF_UNIX;
}

bool
session_is_idle(const struct session *session)
{
	return session->state == SESSION_READING && session->length == 0;
}

/* SMTPD_POLICY_README: a server in trouble logs and closes, unanswered. */
static enum session_state
refuse(struct session *session, const char *why, size_t at)
{
	char bytes[4 * SHOWN_MAX + 1];
	struct text shown;
	size_t length = session->length - at;
	size_t cut = 0;

	while (cut < length && cut < SHOWN_MAX && session->bytes[at + cut] !=
	    '\n')
		cut++;
	text_init(&shown, bytes, sizeof(bytes));
	text_add_escaped(&shown, session->bytes + at, cut);
	log_warning("protocol: closed a connection: %s: \"%s\"", why, bytes);
	counters_add(STAT_PROTOCOL_ERRORS, 1);
	return session->state = SESSION_OVER;
}

/* Look for a request in what was read; bytes before seen hold no end. */
static enum session_state
look(struct session *session, size_t seen)
{
	const char *wrong = request_mistake(session->bytes, session->length);
	size_t at;

	if (wrong != NULL)
		return refuse(session, wrong, 0);
	session->request_length =
	    request_length(session->bytes, session->length, seen);
	if (session->request_length == 0 && session->length >= REQUEST_MAX)
		return refuse(session, "a request of over 64 KiB", 0);
	if (session->request_length == 0)
		return session->state = SESSION_READING;
	wrong = request_parse(session->bytes, session->request_length,
	    &session->request, &at);
	if (wrong != NULL)
		return refuse(session, wrong, at);
	session->since_us = clock_mono_us();
	return session->state = SESSION_READY;
}

static void
make_room(struct session *session)
{
	if (session->length < session->room)
		return;
	session->room = session->room == 0 ? FIRST_ROOM : session->room * 2;
	session->bytes = mem_grow(session->bytes, session->room, 1);
}

enum session_state
session_read(struct session *session)
{
	ssize_t got;
	size_t seen = session->length;

	if (session->state != SESSION_READING)
		return session->state;
	make_room(session);
	do {
		got = recv(session->fd, session->bytes + session->length,
		    session->room - session->length, 0);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return session->state;
	if (got <= 0)
		return session->state = SESSION_OVER;
	session->length += (size_t)got;
	return look(session, seen);
}

/* The answer is out: drop the request, and look for the next. */
static enum session_state
next(struct session *session)
{
	size_t left = session->length - session->request_length;

	memmove(session->bytes, session->bytes + session->request_length,
	    left);
	session->length = left;
	session->request_length = 0;
	if (left == 0 && session->room > KEPT_ROOM) {
		free(session->bytes);
		session->bytes = NULL;
		session->room = 0;
	}
	session->state = SESSION_READING;
	return left > 0 ? look(session, 0) : SESSION_READING;
}

/* Send; returns how many bytes were taken, or -1 if the client is gone. */
static ssize_t
push(int fd, const char *bytes, size_t length)
{
	ssize_t done;

	do {
		done = send(fd, bytes, length, MSG_NOSIGNAL);
	} while (done < 0 && errno == EINTR);
	if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return done;
}

enum session_state
session_answer(struct session *session, const char *action)
{
	char bytes[ANSWER_MAX];
	struct text answer;
	ssize_t done;

	text_init(&answer, bytes, sizeof(bytes) - 2);
	text_add(&answer, "action=");
	text_add(&answer, action);
	memcpy(bytes + answer.length, "\n\n", 2);
	answer.length += 2;
	done = push(session->fd, bytes, answer.length);
	if (done < 0)
		return session->state = SESSION_OVER;
	if ((size_t)done == answer.length)
		return next(session);
	session->answer_length = answer.length - (size_t)done;
	session->answer_done = 0;
	session->answer = mem_dup_n(bytes + done, session->answer_length);
	return session->state = SESSION_WRITING;
}

enum session_state
session_write(struct session *session)
{
	ssize_t done;

	if (session->state != SESSION_WRITING)
		return session->state;
	done = push(session->fd, session->answer + session->answer_done,
	    session->answer_length - session->answer_done);
	if (done < 0)
		return session->state = SESSION_OVER;
	session->answer_done += (size_t)done;
	if (session->answer_done < session->answer_length)
		return SESSION_WRITING;
	free(session->answer);
	session->answer = NULL;
	return next(session);
}
