/*
 * proxy.c -- make a PostgreSQL database a proxy for others.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of schema/proxy/, and those of schema/pgsql/ that need no table.
 */
#include "store/pgsql/connection.h"

#include "base/log.h"
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

static bool
run(struct pgsql *pg, const char *sql, int64_t deadline_ms)
{
	return pgsql_run_simple(pg, sql, NULL, 0, deadline_ms);
}

/* A database that has accounts is none, and would lose them from sight. */
static bool
is_free(struct pgsql *pg, int64_t deadline_ms)
{
	char value[16];

	if (!pgsql_run_simple(pg, "SELECT to_regclass('policyd.account') "
		"IS NULL", value, sizeof(value), deadline_ms))
		return false;
	if (value[0] == 't')
		return true;
	log_error("store: the database has accounts of policyd: make a proxy "
		  "of one that is empty");
	return false;
}

/* Whom the database belongs to is whom policyd connects as. */
static const char grants[] =
    "DO $$ DECLARE r text := (SELECT datdba::regrole FROM pg_database "
    "WHERE datname = current_database()); BEGIN "
    "EXECUTE format('GRANT USAGE ON SCHEMA policyd, policyd_shards, plproxy "
    "TO %s', r); "
    "EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA policyd TO %s', r); "
    "EXECUTE format('GRANT UPDATE ON policyd.shard, policyd.cluster_version "
    "TO %s', r); "
    "EXECUTE format('GRANT INSERT, UPDATE ON policyd.mode TO %s', r); "
    "END $$";

/* The file with a name, or all. */
static bool
run_files(struct pgsql *pg, const char *store, const char *name,
    int64_t deadline_ms)
{
	for (const struct schema_file *f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, store) == 0 &&
		    (name == NULL || strcmp(f->name, name) == 0) &&
		    !run(pg, f->sql, deadline_ms))
			return false;
	return true;
}

static bool
make(struct pgsql *pg, int64_t deadline_ms)
{
	char note[300];

	if (!run(pg, "BEGIN; SET LOCAL statement_timeout = 0; "
		"SET LOCAL check_function_bodies = off; "
		"SET LOCAL client_min_messages = warning; "
		"CREATE SCHEMA IF NOT EXISTS policyd; "
		"CREATE TABLE IF NOT EXISTS policyd.schema_version "
		"(version integer PRIMARY KEY, name text NOT NULL, "
		"at timestamptz NOT NULL DEFAULT now(), "
		"compatible_from integer, digest text)", deadline_ms))
		return false;
	/* The language and the lists, before what needs them. */
	if (!run_files(pg, "pgsql", "times", deadline_ms) ||
	    !run_files(pg, "pgsql", "mode", deadline_ms) ||
	    !run_files(pg, "proxy", "cluster", deadline_ms) ||
	    !run_files(pg, "proxy", NULL, deadline_ms))
		return false;
	snprintf(note, sizeof(note), "DELETE FROM policyd.schema_version; "
	    "INSERT INTO policyd.schema_version (version, name, "
	    "compatible_from) VALUES (%d, 'proxy', %d)",
	    schema_version("pgsql"), schema_floor("pgsql", 0));
	return run(pg, note, deadline_ms) && run(pg, grants, deadline_ms) &&
	    run(pg, "COMMIT", deadline_ms);
}

enum store_result
pgsql_init_proxy(struct pgsql *pg, int64_t deadline_ms)
{
	enum store_result result = STORE_FAILED;

	if (pgsql_begin_init(pg, deadline_ms)) {
		if (!is_free(pg, deadline_ms))
			result = STORE_NONE;
		else if (make(pg, deadline_ms))
			result = STORE_DONE;
	}
	pgsql_end_init(pg);
	if (result == STORE_DONE)
		pgsql_worked(pg);
	return result;
}
