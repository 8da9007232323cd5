/*
 * listen.c -- hear of what others change in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A connection of its own, which says LISTEN and then asks for the time again
 * and again: an answer means that the line is up, and that all notifications
 * before it have come.
 */
#include "store/pgsql/listen.h"

#include "base/clock.h"
#include "store/listening.h"
#include "store/pgsql/link.h"
#include "store/pgsql/pgsql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* How often the time is asked for, and how long waited for it. */
	PING_MS = 250,
	SILENCE_MS = 1000,
	CONNECTING_MS = 20,
};

struct pgsql_ear {
	struct pgsql *pg;
	bool is_listening;	/* it was said on this connection */
	bool is_waiting;	/* for an answer */
	bool is_new;		/* nothing has been heard on it yet */
	int64_t sent_ms;	/* when it was asked last */
	bool is_told;		/* that it is behind a pooler, or a proxy */
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
	free(ear);
}

static void
lose(struct pgsql_ear *ear, const char *why)
{
	pgsql_drop(ear->pg, why);
	ear->is_listening = false;
	ear->is_waiting = false;
}

static void
ask(struct pgsql_ear *ear)
{
	PGconn *conn = ear->pg->conn;

	if ((!ear->is_listening && !PQsendQueryParams(conn, "LISTEN policyd",
		0, NULL, NULL, NULL, NULL, 0)) ||
	    !PQsendQueryParams(conn, "SELECT (extract(epoch FROM "
		"clock_timestamp()) * 1000)::bigint", 0, NULL, NULL, NULL,
		NULL, 0) || !PQpipelineSync(conn) || PQflush(conn) < 0) {
		lose(ear, PQerrorMessage(conn));
		return;
	}
	ear->is_new |= !ear->is_listening;
	ear->is_listening = true;
	ear->is_waiting = true;
	ear->sent_ms = clock_mono_ms();
}

/* "block UNTIL ACCOUNT", "unblock ACCOUNT", "overrides", or what a newer
 * version may say. */
static void
take_change(const struct listener *listener, const char *text)
{
	struct store_change change = { .kind = CHANGE_MISSED };
	char *end;

	if (strncmp(text, "block ", 6) == 0) {
		change.kind = CHANGE_BLOCK;
		change.until_ms = strtoll(text + 6, &end, 10);
		change.account = end + (*end == ' ');
	} else if (strncmp(text, "unblock ", 8) == 0) {
		change.kind = CHANGE_UNBLOCK;
		change.account = text + 8;
	} else if (strcmp(text, "overrides") == 0) {
		change.kind = CHANGE_OVERRIDES;
	}
	listener->take(listener->self, &change);
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
			now_ms = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
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
		take_change(listener, notify->extra);
		PQfreemem(notify);
	}
	if (PQstatus(conn) != CONNECTION_OK || ear->pg->is_leaving) {
		lose(ear, "the connection was lost");
		return;
	}
	hearing->is_heard = now_ms != 0 && !ear->is_waiting;
	hearing->now_ms = now_ms;
}

static void
tell_pooler(struct pgsql_ear *ear, uint32_t memory_ms)
{
	if (!ear->is_told && memory_ms > 0)
		log_info("store: store.memory is off: there is no LISTEN "
			 "through a %s",
		    ear->pg->is_proxy ? "proxy" : "pooler");
	ear->is_told = true;
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
	hearing->is_impossible = pgsql_is_pooled(ear->pg) ||
	    ear->pg->is_proxy;
	if (hearing->is_impossible) {
		tell_pooler(ear, listener->memory_ms);
		return;
	}
	if (ear->is_listening)
		read_all(ear, listener, hearing);
	if (ear->is_waiting &&
	    clock_mono_ms() - ear->sent_ms > SILENCE_MS)
		lose(ear, "no answer");
	if (ear->pg->state != UP)
		return;
	if (!ear->is_waiting && (!ear->is_listening ||
		clock_left_ms(ear->sent_ms + PING_MS) == 0))
		ask(ear);
	hearing->is_new = hearing->is_heard && ear->is_new;
	ear->is_new &= !hearing->is_heard;
	hearing->fd = ear->pg->conn != NULL ? PQsocket(ear->pg->conn) : -1;
	hearing->wait_ms = ear->is_waiting ? PING_MS :
	    clock_left_ms(ear->sent_ms + PING_MS) + 1;
}
