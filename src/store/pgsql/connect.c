/*
 * connect.c -- bring a connection to PostgreSQL up, step by step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/connection_link.h"

#include "base/clock.h"
#include "store/schema.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* A host that takes longer is given up, unless connect_timeout says
	 * how many seconds it may take. */
	CONNECT_MS = 2000,
	CONNECT_MAX_S = 3600,
	/* A schema that another process of ours is to make may be missing for
	 * so long, and is looked for so often. */
	MAKING_MS = 1000,
	MAKING_STEP_MS = 20,
};

/* An error that answers nothing is the server's farewell. */
static void
on_notice(void *opaque, const PGresult *notice)
{
	struct pgsql *pg = opaque;
	const char *severity = PQresultErrorField(notice,
	    PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity != NULL && (strcmp(severity, "FATAL") == 0 ||
				    strcmp(severity, "PANIC") == 0))
		pg->is_leaving = true;
}

/* libpq heeds connect_timeout only where it is itself who waits. */
static int
patience_ms(PGconn *conn)
{
	PQconninfoOption *options = PQconninfo(conn);
	long seconds = 0;

	for (PQconninfoOption *option = options;
	    option != NULL && option->keyword != NULL; option++)
		if (strcmp(option->keyword, "connect_timeout") == 0 &&
		    option->val != NULL)
			seconds = strtol(option->val, NULL, 10);
	PQconninfoFree(options);
	if (seconds <= 0)
		return CONNECT_MS;
	return (int)(seconds < CONNECT_MAX_S ? seconds : CONNECT_MAX_S) * 1000;
}

static void
start(struct pgsql *pg)
{
	pg->conn = pgsql_hosts_connect(pg->hosts);
	if (pg->conn == NULL || PQstatus(pg->conn) == CONNECTION_BAD) {
		pgsql_drop(pg, pg->conn == NULL ? "out of memory" :
		    PQerrorMessage(pg->conn));
		return;
	}
	PQsetNoticeReceiver(pg->conn, on_notice, pg);
	pg->state = CONNECTING;
	pg->wanted = PGRES_POLLING_WRITING;
	pg->give_up_ms = clock_mono_ms() + patience_ms(pg->conn);
}

/* The host will not do: on to the next, if there is one. */
static void
give_up(struct pgsql *pg, const char *why)
{
	if (pgsql_hosts_rotate(pg->hosts)) {
		log_debug("store: on to the next host: %s", why);
		pgsql_close(pg);
		start(pg);
	} else {
		pgsql_drop(pg, why);
	}
}

/* The columns of the set-up's answer that matter. */
enum column {
	COLUMN_STANDBY,
	COLUMN_READ_ONLY,
	COLUMN_POOLED,
	COLUMN_PROXY,
	COLUMN_ENCODING,
	COLUMN_COMMIT,
	COLUMN_VERSION,
	COLUMN_FLOOR,
};

/*
 * What a session needs; pgsql_send_limits says why. Rounds are planned along
 * the keys, once, whatever the planner knows of the tables then: they grow.
 * What a round counts may be lost with the server, unless it says otherwise:
 * it can be counted again. Behind a pooler that gives
 * each transaction another server connection (its process is not the one that
 * we were told when we connected) nothing may be left behind on it for others:
 * then all of this ends with its transaction.
 */
static void
set_up(struct pgsql *pg)
{
	/* By JSON: up to version 5 the table has fewer columns. */
	static const char found[] = ", (SELECT max(version) AS version, "
	    "coalesce(max((to_jsonb(v)->>'compatible_from')::integer), 0) "
	    "AS floor FROM policyd.schema_version v) AS found";
	unsigned budget = pg->setup->server->deadline_ms / 2;
	char sql[1300];

	snprintf(sql, sizeof(sql),
	    "SELECT pg_is_in_recovery(), current_setting("
	    "'transaction_read_only')::boolean, is_pooled, "
	    "to_regclass('policyd.shard') IS NOT NULL, "
	    "getdatabaseencoding(), synchronous_commit, %s, "
	    "set_config('statement_timeout', '%u', is_pooled), "
	    "set_config('lock_timeout', '%u', is_pooled), "
	    "set_config('default_transaction_isolation', 'read committed', "
	    "is_pooled), set_config('jit', 'off', is_pooled), "
	    "set_config('plan_cache_mode', 'force_generic_plan', is_pooled), "
	    "set_config('enable_hashjoin', 'off', is_pooled), "
	    "set_config('enable_mergejoin', 'off', is_pooled), "
	    "set_config('enable_seqscan', 'off', is_pooled), "
	    "set_config('synchronous_commit', 'off', is_pooled), "
	    "set_config('client_min_messages', 'error', is_pooled) "
	    "FROM (SELECT pg_backend_pid() <> %d AS is_pooled, "
	    "current_setting('synchronous_commit') AS synchronous_commit "
	    "OFFSET 0) AS session%s",
	    pg->is_initialising ? "NULL, NULL" : "version, floor",
	    budget, pgsql_lock_ms(budget), PQbackendPID(pg->conn),
	    pg->is_initialising ? "" : found);
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
static void
accept_schema(struct pgsql *pg, int version, int floor)
{
	char why[200];

	if (schema_fit("pgsql", version, floor) == SCHEMA_FITS)
		return;
	schema_explain("pgsql", "the database", version, floor, why,
	    sizeof(why));
	pgsql_drop(pg, why);
}

/* In other encodings there are accounts that could not be written. */
static bool
accept_encoding(struct pgsql *pg, const char *encoding)
{
	char why[200];

	if (strcmp(encoding, "UTF8") == 0 ||
	    strcmp(encoding, "SQL_ASCII") == 0)
		return true;
	snprintf(why, sizeof(why), "the database has the encoding %s: give "
	    "policyd one of UTF8 (createdb -E UTF8 -T template0)", encoding);
	pgsql_drop(pg, why);
	return false;
}

/* The schema is missing, and another process is about to make it. */
static bool
is_being_made(struct pgsql *pg)
{
	int64_t now_ms = clock_mono_ms();

	if (pg->unmade_ms == 0)
		pg->unmade_ms = now_ms;
	return pg->setup->store->create && now_ms - pg->unmade_ms < MAKING_MS;
}

static void
refuse_missing_schema(struct pgsql *pg)
{
	if (is_being_made(pg)) {
		log_debug("store: the database has no policyd schema yet");
		pg->again_ms = clock_mono_ms() + MAKING_STEP_MS;
		pgsql_close(pg);
		return;
	}
	pgsql_drop(pg, "the database has no policyd schema: run policyd "
		       "--init-store");
}

/* The error of a set-up: a missing schema deserves a remedy. */
static void
refuse_set_up(struct pgsql *pg, const PGresult *result)
{
	const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (code != NULL && (strcmp(code, "42P01") == 0 ||
				strcmp(code, "3F000") == 0))
		refuse_missing_schema(pg);
	else if (code != NULL && strcmp(code, "42501") == 0)
		pgsql_drop(pg, "this database user may not use the schema "
			       "policyd: grant it, or connect as its owner");
	else
		pgsql_drop(pg, PQresultErrorMessage(result));
}

/* What the server says of itself. */
static void
accept_server(struct pgsql *pg, const PGresult *result)
{
	if (PQgetvalue(result, 0, COLUMN_STANDBY)[0] == 't') {
		give_up(pg, "the server is a read-only standby");
		return;
	}
	if (PQgetvalue(result, 0, COLUMN_READ_ONLY)[0] == 't') {
		give_up(pg, "the server is read-only "
			    "(default_transaction_read_only)");
		return;
	}
	if (PQgetvalue(result, 0, COLUMN_POOLED)[0] == 't')
		pgsql_is_behind_pooler(pg);
	pg->is_proxy = PQgetvalue(result, 0, COLUMN_PROXY)[0] == 't';
	snprintf(pg->synchronous_commit, sizeof(pg->synchronous_commit), "%s",
	    PQgetvalue(result, 0, COLUMN_COMMIT));
	if (accept_encoding(pg, PQgetvalue(result, 0, COLUMN_ENCODING)) &&
	    !pg->is_initialising)
		accept_schema(pg, atoi(PQgetvalue(result, 0, COLUMN_VERSION)),
		    atoi(PQgetvalue(result, 0, COLUMN_FLOOR)));
}

static void
prepare_next(struct pgsql *pg, const struct pgsql_statement *next)
{
	pg->next = next;
	if (next->name == NULL) {
		pg->is_prepared = true;
		finish_up(pg);
	} else if (!PQsendPrepare(pg->conn, next->name, next->sql, 0, NULL)) {
		pgsql_drop(pg, PQerrorMessage(pg->conn));
	} else {
		pg->state = PREPARING;
	}
}

static void
prepare(struct pgsql *pg)
{
	if (pg->is_initialising || pg->never_prepare)
		finish_up(pg);
	else
		prepare_next(pg, pg->statements);
}

static void
take_set_up(struct pgsql *pg)
{
	PGresult *result;

	while (pg->state == SETTING_UP && !PQisBusy(pg->conn)) {
		result = PQgetResult(pg->conn);
		if (result == NULL)
			prepare(pg);
		else if (PQresultStatus(result) == PGRES_TUPLES_OK)
			accept_server(pg, result);
		else
			refuse_set_up(pg, result);
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
			/* A pooler's connection cannot keep them. */
			if (pg->never_prepare)
				finish_up(pg);
			else
				prepare_next(pg, pg->next + 1);
			continue;
		}
		if (PQresultStatus(result) != PGRES_COMMAND_OK &&
		    !pgsql_cannot_prepare(pg,
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

/* One step, waited for until then at the latest. */
static void
step(struct pgsql *pg, int64_t deadline_ms)
{
	int64_t until_ms = pg->give_up_ms < deadline_ms ? pg->give_up_ms :
							  deadline_ms;

	if (pg->state == CONNECTING)
		connecting(pg, until_ms);
	else if (pg->state == SETTING_UP || pg->state == PREPARING)
		setting_up(pg, until_ms);
	if (pg->state != UP && pg->state != DOWN &&
	    clock_mono_ms() >= pg->give_up_ms)
		give_up(pg, "PostgreSQL does not answer");
}

void
pgsql_advance(struct pgsql *pg, int64_t deadline_ms)
{
	do {
		if (pg->state == DOWN && (!trouble_may_try(&pg->trouble) ||
			clock_mono_ms() < pg->again_ms))
			return;
		if (pg->state == DOWN)
			start(pg);
		step(pg, deadline_ms);
	} while (pg->state != UP && clock_left_ms(deadline_ms) > 0);
}

struct trouble *
pgsql_trouble(struct pgsql *pg)
{
	return &pg->trouble;
}
