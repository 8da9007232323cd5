/*
 * schema.c -- create and upgrade the schema in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/connection.h"

#include "base/log.h"
#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One or more statements by the simple protocol, as one transaction. */
static bool
run(struct pgsql *pg, const char *sql, char *value, int64_t deadline_ms)
{
	PGconn *conn = pgsql_conn(pg);
	PGresult *result;
	bool is_good = true;

	if (!PQsendQuery(conn, sql))
		return false;
	while (pgsql_wait(pg, deadline_ms)) {
		result = PQgetResult(conn);
		if (result == NULL)
			return is_good;
		if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
			is_good = false;
			log_error("store: %s", PQresultErrorMessage(result));
		}
		if (value != NULL && PQntuples(result) == 1)
			snprintf(value, 40, "%s", PQgetvalue(result, 0, 0));
		PQclear(result);
	}
	log_error("store: PostgreSQL did not finish in time: %s",
	    PQerrorMessage(conn));
	return false;
}

/* Run the files that the schema lacks, each with its number. */
static bool
upgrade(struct pgsql *pg, int from, int64_t deadline_ms)
{
	for (const struct schema_file *f = schema_files; f->store != NULL;
	     f++) {
		char note[160];

		if (strcmp(f->store, "pgsql") != 0 || f->number <= from)
			continue;
		snprintf(note, sizeof(note),
		    "INSERT INTO policyd.schema_version VALUES (%d, '%s')",
		    f->number, f->name);
		if (!run(pg, f->sql, NULL, deadline_ms) ||
		    !run(pg, note, NULL, deadline_ms))
			return false;
		log_info("store: schema %s is in place", f->name);
	}
	return true;
}

static enum store_result
init_in_transaction(struct pgsql *pg, bool may_create, int64_t deadline_ms)
{
	/* The lock keeps two servers from creating at the same time. */
	static const char begin[] = "BEGIN;"
	    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
	    "SELECT pg_advisory_xact_lock(hashtext('policyd schema'))";
	static const char look[] = "SELECT to_regclass("
	    "'policyd.schema_version') IS NOT NULL";
	static const char create[] = "CREATE SCHEMA IF NOT EXISTS policyd;"
	    "CREATE TABLE policyd.schema_version (version integer PRIMARY KEY,"
	    " name text NOT NULL, at timestamptz NOT NULL DEFAULT now())";
	char value[40] = "";
	int version;
	int ours = schema_version("pgsql");

	if (!run(pg, begin, NULL, deadline_ms) ||
	    !run(pg, look, value, deadline_ms))
		return STORE_FAILED;
	if (value[0] != 't' && !may_create) {
		log_error("store: the database has no policyd schema: run "
			  "policyd --init-store");
		return STORE_NONE;
	}
	if (value[0] != 't' && !run(pg, create, NULL, deadline_ms))
		return STORE_FAILED;
	if (!run(pg, "SELECT coalesce(max(version), 0) FROM "
		"policyd.schema_version", value, deadline_ms))
		return STORE_FAILED;
	version = atoi(value);
	if (version > ours || (version < ours && !may_create)) {
		log_error("store: the schema has version %d and this program "
			  "needs %d: %s", version, ours, version > ours ?
			  "upgrade policyd" : "run policyd --init-store");
		return STORE_NONE;
	}
	return upgrade(pg, version, deadline_ms) &&
	    run(pg, "COMMIT", NULL, deadline_ms) ? STORE_DONE : STORE_FAILED;
}

enum store_result
pgsql_init(struct pgsql *pg, bool may_create, int64_t deadline_ms)
{
	enum store_result result = STORE_FAILED;

	if (pgsql_begin_init(pg, deadline_ms))
		result = init_in_transaction(pg, may_create, deadline_ms);
	pgsql_end_init(pg);
	if (result == STORE_DONE)
		pgsql_worked(pg);
	return result;
}
