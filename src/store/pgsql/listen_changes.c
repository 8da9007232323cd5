/*
 * listen_changes.c -- hear of what others change in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A connection of its own, which says LISTEN and then asks for the time again
 * and again: an answer means that the line is up, and that all notifications
 * before it have come. Behind a pooler or a proxy there are none: there it asks
 * for the changes themselves.
 */
#include "store/pgsql/listen_changes.h"

#include "base/clock.h"
#include "store/change_listening.h"
#include "store/pgsql/connection_link.h"
#include "store/pgsql/notifications_heard.h"
#include "store/pgsql/pgsql.h"

#include <stdlib.h>

enum {
	/* How often the time is asked for, and how long waited for it. */
	PING_MS = 250,
	SILENCE_MS = 1000,
	/* The same of changes: a proxy may wait for a shard that hangs. */
	POLL_MS = 400,
	POLL_SILENCE_MS = 3000,
	CONNECTING_MS = 20,
};

struct pgsql_ear {
	struct pgsql *pg;
	bool is_listening;	/* it was said on this connection */
	bool is_waiting;	/* for an answer */
	bool is_new;		/* nothing has been heard on it yet */
	int64_t sent_ms;	/* when it was asked last */
	char *marks;		/* of the changes heard last; NULL: none */
};

static const struct pgsql_statement none[] = { { NULL, NULL } };

static struct pgsql_ear *
ear_new(const struct store_setup *setup)
{
	struct pgsql_ear *ear = calloc(1, sizeof(*ear));

	if (ear == NULL)
		abort();
	ear->pg = pgsql_new(setup, none);
	ear->pg->never_prepare = true;
	/* What is wrong the other connection says. */
	ear->pg->trouble.is_quiet = true;
	ear->pg->trouble.is_prober = true;
	return ear;
}

void
pgsql_ear_free(struct pgsql_ear *ear)
{
	if (ear == NULL)
		return;
	pgsql_free(ear->pg);
	free(ear->marks);
	free(ear);
}

/* Are there no notifications? */
static bool
is_polling(const struct pgsql_ear *ear)
{
	return pgsql_is_pooled(ear->pg) || ear->pg->is_proxy;
}

static void
lose(struct pgsql_ear *ear, const char *why)
{
	pgsql_drop(ear->pg, why);
	ear->is_listening = false;
	ear->is_waiting = false;
}

static bool
send_question(struct pgsql_ear *ear)
{
	PGconn *conn = ear->pg->conn;
	const char *const marks[] = { ear->marks };

	if (is_polling(ear))
		return PQsendQueryParams(conn,
		    "SELECT mark, now, change FROM policyd.news($1)", 1, NULL,
		    marks, NULL, NULL, 0);
	return (ear->is_listening || PQsendQueryParams(conn, "LISTEN policyd",
			0, NULL, NULL, NULL, NULL, 0)) &&
	    PQsendQueryParams(conn, "SELECT (extract(epoch FROM "
		"clock_timestamp()) * 1000)::bigint", 0, NULL, NULL, NULL,
		NULL, 0);
}

static void
ask(struct pgsql_ear *ear)
{
	PGconn *conn = ear->pg->conn;

	if (!send_question(ear) || !PQpipelineSync(conn) ||
	    PQflush(conn) < 0) {
		lose(ear, PQerrorMessage(conn));
		return;
	}
	/* Who asks for changes hears what was missed. */
	ear->is_new |= !ear->is_listening && !is_polling(ear);
	ear->is_listening = true;
	ear->is_waiting = true;
	ear->sent_ms = clock_mono_ms();
}

/* The store's time, and changes if they were asked for; 0: not known. */
static int64_t
take_rows(struct pgsql_ear *ear, const PGresult *rows,
    const struct listener *listener)
{
	bool is_missed;
	int64_t now_ms;

	if (!is_polling(ear))
		return strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
	now_ms = heard_news(listener, rows, &ear->marks, &is_missed);
	ear->is_new |= is_missed;
	return now_ms;
}

/* Take what has come; the time, if that is among it. */
static void
read_all(struct pgsql_ear *ear, const struct listener *listener,
    struct hearing *hearing)
{
	PGconn *conn = ear->pg->conn;
	PGnotify *notify;
	int64_t now_ms = 0;

	if (!PQconsumeInput(conn)) {
		lose(ear, PQerrorMessage(conn));
		return;
	}
	while (!PQisBusy(conn) && ear->is_waiting) {
		PGresult *result = PQgetResult(conn);
		ExecStatusType status;

		if (result == NULL)
			continue; /* the end of a statement */
		status = PQresultStatus(result);
		if (status == PGRES_TUPLES_OK)
			now_ms = take_rows(ear, result, listener);
		ear->is_waiting = status != PGRES_PIPELINE_SYNC;
		PQclear(result);
		if (status == PGRES_FATAL_ERROR) {
			lose(ear, PQerrorMessage(conn));
			return;
		}
	}
	if (!ear->is_waiting)
		(void)PQisBusy(conn); /* it reads what came behind */
	while ((notify = PQnotifies(conn)) != NULL) {
		heard_change(listener, notify->extra);
		PQfreemem(notify);
	}
	if (PQstatus(conn) != CONNECTION_OK || ear->pg->is_leaving) {
		lose(ear, "the connection was lost");
		return;
	}
	/* What took too long may have changed since. */
	hearing->is_heard = now_ms != 0 && !ear->is_waiting &&
	    clock_mono_ms() - ear->sent_ms <= SILENCE_MS;
	hearing->now_ms = now_ms;
}

/* How often it is asked. */
static int
pause_ms(const struct pgsql_ear *ear)
{
	return is_polling(ear) ? POLL_MS : PING_MS;
}

void
pgsql_hear(void *opaque, const struct listener *listener,
    struct hearing *hearing)
{
	struct store_pgsql *self = opaque;
	struct pgsql_ear *ear;

	if (self->ear == NULL)
		self->ear = ear_new(self->setup);
	ear = self->ear;
	hearing->wait_ms = PING_MS;
	if (ear->pg->state != UP) {
		int wait_ms = pgsql_tend(ear->pg);

		ear->is_listening = false;
		ear->is_waiting = false;
		if (ear->pg->state != UP) {
			hearing->wait_ms = wait_ms >= 0 && wait_ms < PING_MS ?
			    wait_ms + CONNECTING_MS : PING_MS;
			return;
		}
	}
	if (ear->is_listening)
		read_all(ear, listener, hearing);
	if (ear->is_waiting && clock_mono_ms() - ear->sent_ms >
	    (is_polling(ear) ? POLL_SILENCE_MS : SILENCE_MS))
		lose(ear, "no answer");
	if (ear->pg->state != UP)
		return;
	if (!ear->is_waiting && (!ear->is_listening ||
		clock_left_ms(ear->sent_ms + pause_ms(ear)) == 0))
		ask(ear);
	hearing->is_new = hearing->is_heard && ear->is_new;
	ear->is_new &= !hearing->is_heard;
	hearing->fd = ear->pg->conn != NULL ? PQsocket(ear->pg->conn) : -1;
	hearing->wait_ms = ear->is_waiting ? PING_MS :
	    clock_left_ms(ear->sent_ms + pause_ms(ear)) + 1;
}
