/*
 * schema.c -- create and upgrade the schema in PostgreSQL.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/pgsql/connection.h"

#include "base/log.h"
#include "store/pgsql/connection_link.h"
#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By the simple protocol. */
bool
pgsql_run_simple(struct pgsql *pg, const char *sql, char *value, size_t size,
    int64_t deadline_ms)
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
			snprintf(value, size, "%s", PQgetvalue(result, 0, 0));
		PQclear(result);
	}
	/* As anywhere: that it is away is said once. */
	if (PQstatus(conn) == CONNECTION_OK)
		pgsql_late(pg);
	else
		pgsql_drop(pg, PQerrorMessage(conn));
	return false;
}

/* What the database says of its schema. */
struct found {
	int version, floor;
	char digest[40];
	bool is_proxy;
};

/* Older programs would be cut off: not while they are at work. Behind a pooler
 * nobody can tell whose sessions there are. */
static bool
is_alone(struct pgsql *pg, int floor, int64_t deadline_ms)
{
	char sql[600];
	char hosts[200] = "";

	if (pgsql_is_pooled(pg))
		return true;
	snprintf(sql, sizeof(sql), "SELECT string_agg(DISTINCT "
	    "coalesce(host(client_addr), 'this host'), ', ') "
	    "FROM pg_stat_activity WHERE datname = current_database() "
	    "AND (application_name = 'policyd' OR substring(application_name "
	    "FROM '^policyd \\(schema (\\d+)\\)$')::integer < %d)", floor);
	if (!pgsql_run_simple(pg, sql, hosts, sizeof(hosts), deadline_ms))
		return false;
	if (hosts[0] == '\0')
		return true;
	log_error("store: programs of an older policyd use the database (%s) "
		  "and could not go on with schema %d: stop them, then run "
		  "policyd --init-store",
	    hosts, schema_version("pgsql"));
	return false;
}

/* Run the files that the schema lacks, and note their numbers. */
static bool
migrate(struct pgsql *pg, int from, int64_t deadline_ms)
{
	const struct schema_file *f;
	char note[200];

	for (f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, "pgsql") == 0 && f->number > from &&
		    !pgsql_run_simple(pg, f->sql, NULL, 0, deadline_ms))
			return false;
	/* Behind them all: the table changes, too. */
	for (f = schema_files; f->store != NULL; f++) {
		if (strcmp(f->store, "pgsql") != 0 || f->number <= from)
			continue;
		snprintf(note, sizeof(note),
		    "INSERT INTO policyd.schema_version "
		    "(version, name, compatible_from) VALUES (%d, '%s', %d)",
		    f->number, f->name, f->compatible_from);
		if (!pgsql_run_simple(pg, note, NULL, 0, deadline_ms))
			return false;
		log_info("store: schema %s is in place", f->name);
	}
	return true;
}

/* Put our functions and views in the place of others. */
static bool
replace(struct pgsql *pg, const char *digest, int64_t deadline_ms)
{
	char note[200];

	/* They name each other, in whatever order. */
	if (!pgsql_run_simple(pg, "SET LOCAL check_function_bodies = off", NULL, 0,
		deadline_ms))
		return false;
	for (const struct schema_file *f = schema_files; f->store != NULL; f++)
		if (strcmp(f->store, "pgsql") == 0 && f->number == 0 &&
		    !pgsql_run_simple(pg, f->sql, NULL, 0, deadline_ms))
			return false;
	snprintf(note, sizeof(note), "UPDATE policyd.schema_version "
	    "SET digest = '%s' WHERE version = %d", digest,
	    schema_version("pgsql"));
	return pgsql_run_simple(pg, note, NULL, 0, deadline_ms);
}

static enum store_result
upgrade(struct pgsql *pg, const struct found *found, int64_t deadline_ms)
{
	char digest[SCHEMA_DIGEST_SIZE];
	int ours = schema_version("pgsql");
	int floor = schema_floor("pgsql", found->version);

	schema_digest("pgsql", digest);
	if (found->version > 0 && floor > found->version &&
	    !is_alone(pg, floor, deadline_ms))
		return STORE_NONE;
	if (found->version == 0 && !pgsql_run_simple(pg,
		"CREATE SCHEMA IF NOT EXISTS policyd;"
		"CREATE TABLE policyd.schema_version (version integer "
		"PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL "
		"DEFAULT now())", NULL, 0, deadline_ms))
		return STORE_FAILED;
	if (!migrate(pg, found->version, deadline_ms))
		return STORE_FAILED;
	if (found->version <= ours && strcmp(found->digest, digest) != 0 &&
	    !replace(pg, digest, deadline_ms))
		return STORE_FAILED;
	return STORE_DONE;
}

/* Read what is there; version 0: nothing. */
static bool
look(struct pgsql *pg, struct found *found, int64_t deadline_ms)
{
	char value[100] = "";

	memset(found, 0, sizeof(*found));
	if (!pgsql_run_simple(pg, "SELECT to_regclass('policyd.schema_version') "
		"IS NOT NULL", value, sizeof(value), deadline_ms))
		return false;
	if (value[0] != 't')
		return true;
	/* By JSON: up to version 5 the table has fewer columns. */
	if (!pgsql_run_simple(pg, "SELECT concat_ws(' ', coalesce(max(version), 0), "
		"coalesce(max((row->>'compatible_from')::integer), 0), "
		"(array_agg(row->>'digest' ORDER BY version DESC))[1]) "
		"FROM (SELECT version, to_jsonb(v) AS row "
		"FROM policyd.schema_version v) v", value, sizeof(value),
		deadline_ms))
		return false;
	sscanf(value, "%d %d %39s", &found->version, &found->floor,
	    found->digest);
	if (!pgsql_run_simple(pg, "SELECT to_regclass('policyd.shard') "
		"IS NOT NULL", value, sizeof(value), deadline_ms))
		return false;
	found->is_proxy = value[0] == 't';
	return true;
}

/* What a proxy calls must be in all shards: they are upgraded first. */
static bool
has_its_shards(struct pgsql *pg, int64_t deadline_ms)
{
	char value[300] = "";

	/* One that was made by an older version does not tell. */
	if (!pgsql_run_simple(pg, "SELECT to_regprocedure("
		"'policyd.older_shards()') IS NOT NULL", value, sizeof(value),
		deadline_ms))
		return false;
	if (value[0] != 't')
		return true;
	value[0] = '\0';
	if (!pgsql_run_simple(pg, "SELECT string_agg(s, ', ') "
		"FROM policyd.older_shards() s", value, sizeof(value),
		deadline_ms))
		return false;
	if (value[0] == '\0')
		return true;
	log_limited(&pg->limit, LOG_LEVEL_ERROR,
	    "store: these shards have an older schema than their proxy: %s: "
	    "upgrade the shards first, run policyd --init-store on each",
	    value);
	return false;
}

static enum store_result
init_in_transaction(struct pgsql *pg, bool may_create, int64_t deadline_ms)
{
	/* The lock keeps two servers from creating at the same time. */
	static const char begin[] = "BEGIN ISOLATION LEVEL READ COMMITTED;"
	    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
	    "SELECT pg_advisory_xact_lock(hashtext('policyd schema'))";
	struct found found;
	enum store_result result;
	char why[200];

	if (!pgsql_run_simple(pg, begin, NULL, 0, deadline_ms) ||
	    !look(pg, &found, deadline_ms))
		return STORE_FAILED;
	if (found.version == 0 && !may_create) {
		log_error("store: the database has no policyd schema: run "
			  "policyd --init-store");
		return STORE_NONE;
	}
	/* Who made a proxy renews it: its functions want a superuser. */
	if (!may_create || found.is_proxy || schema_fit("pgsql", found.version, found.floor) ==
	    SCHEMA_IS_NEW) {
		if (schema_fit("pgsql", found.version, found.floor) ==
		    SCHEMA_FITS)
			return !found.is_proxy ||
			    has_its_shards(pg, deadline_ms) ? STORE_DONE :
							      STORE_FAILED;
		schema_explain("pgsql", "the database", found.version,
		    found.floor, why, sizeof(why));
		log_error("store: %s%s", why,
		    found.is_proxy ? " --proxy" : "");
		return STORE_NONE;
	}
	result = upgrade(pg, &found, deadline_ms);
	if (result == STORE_DONE && !pgsql_run_simple(pg, "COMMIT", NULL, 0, deadline_ms))
		return STORE_FAILED;
	return result;
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
