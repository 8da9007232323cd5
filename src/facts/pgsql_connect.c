/*
 * pgsql_connect.c -- bring a connection to PostgreSQL up, step by step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "facts/pgsql_link.h"

#include "base/clock.h"
#include "facts/schema.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A connection attempt that takes longer is given up. */
enum { CONNECT_MS = 3000 };

static void
start(struct pgsql *pg)
{
	pg->conn = pgsql_hosts_connect(pg->hosts);
	if (pg->conn == NULL || PQstatus(pg->conn) == CONNECTION_BAD) {
		pgsql_drop(pg, pg->conn == NULL ? "out of memory" :
		    PQerrorMessage(pg->conn));
		return;
	}
	pg->state = CONNECTING;
	pg->wanted = PGRES_POLLING_WRITING;
	pg->give_up_ms = clock_mono_ms() + CONNECT_MS;
}

/*
 * What a session needs. The time-outs make the server give up what we gave up,
 * so that back ends do not pile up behind a lock that somebody holds; one
 * request that waits for a lock must not use up the time of its round.
 */
static void
set_up(struct pgsql *pg)
{
	unsigned budget = pg->config->server.deadline_ms / 2;
	char sql[600];

	snprintf(sql, sizeof(sql),
	    "SET statement_timeout = %u; SET lock_timeout = %u;"
	    "SET default_transaction_isolation = 'read committed';"
	    "SET jit = off; SET client_min_messages = error;"
	    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO';"
	    "SELECT pg_is_in_recovery()%s",
	    budget, budget / 4, pg->is_initialising ? "" :
	    ", (SELECT max(version) FROM policyd.schema_version)");
	if (PQsetnonblocking(pg->conn, 1) != 0 ||
	    !PQsendQuery(pg->conn, sql))
		pgsql_drop(pg, PQerrorMessage(pg->conn));
	else
		pg->state = SETTING_UP;
}

static void
connecting(struct pgsql *pg, int64_t deadline_ms)
{
	short events = pg->wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;

	if (pgsql_wait_socket(pg, events, deadline_ms) != 1)
		return;
	pg->wanted = PQconnectPoll(pg->conn);
	if (pg->wanted == PGRES_POLLING_FAILED)
		pgsql_drop(pg, PQerrorMessage(pg->conn));
	else if (pg->wanted == PGRES_POLLING_OK)
		set_up(pg);
}

static void
finish_up(struct pgsql *pg)
{
	if (PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF &&
	    !PQenterPipelineMode(pg->conn)) {
		pgsql_drop(pg, PQerrorMessage(pg->conn));
		return;
	}
	pgsql_hosts_worked(pg->hosts);
	pg->state = UP;
}

/* Is the schema one that we can work with? */
static bool
accept_version(struct pgsql *pg, const char *version)
{
	int ours = schema_version("pgsql");
	char why[160];

	pg->version = atoi(version);
	if (pg->version == ours)
		return true;
	if (pg->version > ours)
		snprintf(why, sizeof(why), "the schema has version %d, newer "
		    "than this program's %d: upgrade policyd", pg->version,
		    ours);
	else
		snprintf(why, sizeof(why), "the schema has version %d, this "
		    "program needs %d: run policyd --init-store", pg->version,
		    ours);
	pgsql_drop(pg, why);
	return false;
}

/* The error of a set-up: a missing schema deserves a remedy. */
static void
refuse_set_up(struct pgsql *pg, const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (code != NULL && (strcmp(code, "42P01") == 0 ||
				strcmp(code, "3F000") == 0))
		pgsql_drop(pg, "the database has no policyd schema: run "
			       "policyd --init-store");
	else if (code != NULL && strcmp(code, "42501") == 0)
		pgsql_drop(pg, "this database user may not use the schema "
			       "policyd: grant it, or connect as its owner");
	else
		pgsql_drop(pg, PQresultErrorMessage(result));
}

static void
take_set_up(struct pgsql *pg)
{
	PGresult *result;

	while (pg->state == SETTING_UP && !PQisBusy(pg->conn)) {
		result = PQgetResult(pg->conn);
		if (result == NULL) {
			if (pg->is_initialising || pg->never_prepare) {
				finish_up(pg);
				return;
			}
			if (!PQsendPrepare(pg->conn, "check", pg->statement, 0,
				NULL))
				pgsql_drop(pg, PQerrorMessage(pg->conn));
			else
				pg->state = PREPARING;
			return;
		}
		if (PQresultStatus(result) == PGRES_FATAL_ERROR)
			refuse_set_up(pg, result);
		else if (PQresultStatus(result) == PGRES_TUPLES_OK &&
		    PQgetvalue(result, 0, 0)[0] == 't')
			pgsql_drop(pg, "the server is a read-only standby");
		else if (PQresultStatus(result) == PGRES_TUPLES_OK &&
		    !pg->is_initialising)
			accept_version(pg, PQgetvalue(result, 0, 1));
		PQclear(result);
	}
}

static void
take_prepared(struct pgsql *pg)
{
	PGresult *result;

	while (pg->state == PREPARING && !PQisBusy(pg->conn)) {
		result = PQgetResult(pg->conn);
		if (result == NULL) {
			finish_up(pg);
			return;
		}
		if (PQresultStatus(result) == PGRES_COMMAND_OK)
			pg->is_prepared = true;
		else if (!pgsql_cannot_prepare(pg,
			     PQresultErrorField(result, PG_DIAG_SQLSTATE)))
			refuse_set_up(pg, result);
		PQclear(result);
	}
}

static void
setting_up(struct pgsql *pg, int64_t deadline_ms)
{
	int unsent = PQflush(pg->conn);

	if (unsent >= 0 && pgsql_wait_socket(pg, unsent > 0 ? POLLIN | POLLOUT :
	    POLLIN, deadline_ms) != 1)
		return;
	if (unsent < 0 || !PQconsumeInput(pg->conn))
		pgsql_drop(pg, PQerrorMessage(pg->conn));
	else if (pg->state == SETTING_UP)
		take_set_up(pg);
	else
		take_prepared(pg);
}

void
pgsql_advance(struct pgsql *pg, int64_t deadline_ms)
{
	do {
		if (pg->state == DOWN && !trouble_may_try(&pg->trouble))
			return;
		if (pg->state == DOWN)
			start(pg);
		if (pg->state == CONNECTING)
			connecting(pg, deadline_ms);
		else if (pg->state == SETTING_UP || pg->state == PREPARING)
			setting_up(pg, deadline_ms);
		if (pg->state != UP && pg->state != DOWN &&
		    clock_mono_ms() >= pg->give_up_ms) {
			pgsql_hosts_rotate(pg->hosts);
			pgsql_drop(pg, "PostgreSQL does not answer");
		}
	} while (pg->state != UP && clock_left_ms(deadline_ms) > 0);
}
