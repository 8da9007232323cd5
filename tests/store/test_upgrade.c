/*
 * test_upgrade.c -- stores of older and newer schemas, beside older programs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests.h"

#include "base/clock.h"
#include "base/mem.h"
#include "policy/limits.h"
#include "store/schema.h"
#include "world.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t room = 256 * 1024;
	char *text = mem_new(room, 1);

	if (file == NULL)
		ck_abort_msg("%s cannot be opened", path);
	ck_assert_uint_lt(fread(text, 1, room - 1, file), room - 1);
	fclose(file);
	return text;
}

/* What the database and the tables are like. */
static const char *const shapes[SIDES] = {
	[SIDE_SQLITE] = "SELECT m.type, m.name, p.name, p.type, p.\"notnull\","
	    " p.dflt_value, p.pk FROM sqlite_schema m LEFT JOIN "
	    "pragma_table_info(m.name) p WHERE m.name NOT LIKE 'sqlite_%' "
	    "ORDER BY m.name, p.cid; "
	    "SELECT sql FROM sqlite_schema WHERE type IN ('view', 'index') "
	    "ORDER BY name; SELECT * FROM cause",
	[SIDE_PGSQL] = "SELECT c.relname || ' ' || a.attname || ' ' || "
	    "format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || "
	    "' ' || a.attcollation::regcollation || ' ' || "
	    "coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS line "
	    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
	    "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid "
	    "AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped "
	    "AND c.relnamespace = 'policyd'::regnamespace UNION ALL "
	    "SELECT pg_get_functiondef(oid) FROM pg_proc "
	    "WHERE pronamespace = 'policyd'::regnamespace UNION ALL "
	    "SELECT pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' "
	    "AND relnamespace = 'policyd'::regnamespace UNION ALL "
	    "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint "
	    "WHERE connamespace = 'policyd'::regnamespace UNION ALL "
	    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'policyd' "
	    "ORDER BY 1",
};

/* Two long texts: show where they part. */
static void
see_same(const char *one, const char *other)
{
	size_t i = 0;

	while (one[i] != '\0' && one[i] == other[i])
		i++;
	if (one[i] != other[i])
		ck_abort_msg("%.300s\n    is not\n%.300s",
		    one + (i < 100 ? 0 : i - 100),
		    other + (i < 100 ? 0 : i - 100));
}

/* Run SQL, although there is no schema. */
static char *
sql(enum side_kind kind, const char *text)
{
	struct side *side = side_open(kind);
	char *rows = side_sql(side, text);

	side_close(side);
	return rows;
}

/* Nothing is left of the store. */
static void
start_over(enum side_kind kind)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	const char *path = side_url(kind) + strlen("sqlite:");
	sqlite3 *handle;

	if (kind == SIDE_PGSQL) {
		free(sql(kind, "DROP SCHEMA IF EXISTS policyd CASCADE"));
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		char name[200];

		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
	ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
	sqlite3_exec(handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	sqlite3_close(handle);
}

static void
make_version5(enum side_kind kind)
{
	char *text = read_file(kind == SIDE_PGSQL ?
	    "tests/store/version5/pgsql.sql" :
	    "tests/store/version5/sqlite.sql");

	start_over(kind);
	if (kind == SIDE_PGSQL)
		free(sql(kind, "DROP ROLE IF EXISTS policyd_test_auditor"));
	free(sql(kind, text));
	free(text);
}

static enum store_result
init(struct world *world, bool may_create)
{
	return store_init(world->store, may_create, world_deadline());
}

/* A world whose store is empty; an older one is made in its place. */
static void
open_old(struct world *world, enum side_kind kind)
{
	world_open(world, kind);
	clock_set_wall_ms(0);
	store_close(world->console);
	store_close(world->store);
	side_close(world->side);
	make_version5(kind);
	world_take_up(world);
}

static void
see_limit(const struct stored_override *stored, int setting,
    uint32_t limit, uint32_t expected)
{
	ck_assert(stored->override.has[setting]);
	ck_assert_uint_eq(limit, expected);
}

static void
see_overrides(struct world *world)
{
	struct stored_override *list = NULL;
	const struct settings *set;
	size_t count;

	ck_assert_int_eq(store_list_overrides(world->store, "", 10, &list,
	    &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 3);
	set = &list[0].override.set;
	ck_assert_str_eq(list[0].override.account, "@example.com");
	see_limit(&list[0], MEASURE_COUNTRIES, set->limits[MEASURE_COUNTRIES], 5);
	see_limit(&list[0], MEASURE_NETWORKS, set->limits[MEASURE_NETWORKS], UNLIMITED);
	see_limit(&list[0], MEASURE_HOME_NETWORKS,
	    set->limits[MEASURE_HOME_NETWORKS], 20);
	ck_assert(!list[0].override.has[MEASURE_HOME_COUNTRIES]);
	ck_assert(!list[0].override.has[SETTING_ONLY_COUNTRIES]);
	see_limit(&list[0], SETTING_HOME_COUNTRIES,
	    (uint32_t)set->home_countries.count, 2);
	see_limit(&list[0], SETTING_RATES, (uint32_t)set->rates.count, 2);
	ck_assert_uint_eq(set->rates.rules[1].mails, 10);
	ck_assert_uint_eq(set->rates.rules[1].per_s, 86400);
	ck_assert_str_eq(list[0].override.comment, "a \"firm\"");
	ck_assert_str_eq(list[0].author, "admin");
	ck_assert_int_eq(list[0].revision, 3);
	ck_assert(!list[0].is_listed);

	set = &list[1].override.set;
	see_limit(&list[1], SETTING_ONLY_COUNTRIES,
	    (uint32_t)set->only_countries.count, 1);
	see_limit(&list[1], SETTING_ONLY_NETWORKS,
	    (uint32_t)set->only_networks.count, 2);
	see_limit(&list[1], SETTING_RATES, (uint32_t)set->rates.count, 0);
	ck_assert_int_eq(list[1].valid_until_ms, 4102444800000);
	ck_assert(list[1].is_listed);

	/* Lists with nothing in them are there, and a rate over no time is
	 * none. */
	set = &list[2].override.set;
	see_limit(&list[2], SETTING_HOME_COUNTRIES,
	    (uint32_t)set->home_countries.count, 0);
	see_limit(&list[2], SETTING_ONLY_NETWORKS,
	    (uint32_t)set->only_networks.count, 0);
	for (size_t i = 0; i < count; i++)
		stored_override_clear(&list[i]);
	free(list);
}

/* What was counted of rates is what it was: rules, and mails known. */
static void
see_rates(struct world *world)
{
	char *state = side_sql(world->side, world->kind == SIDE_PGSQL ?
	    "SELECT encode(rings, 'hex'), encode(mail_hashes, 'hex') "
	    "FROM policyd.account WHERE rings IS NOT NULL" :
	    "SELECT lower(hex(rates)), lower(hex(instances)) FROM account "
	    "WHERE rates IS NOT NULL");
	static const char zeros[] = "0000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000";
	char expected[400];

	snprintf(expected, sizeof(expected), "100e0000" "cce2590000000000"
	    "02000000%.88s01000000" "80510100" "c8be030000000000"
	    "03000000%.96s|0500000000000000f9ffffffffffffff\n", zeros, zeros);
	ck_assert_str_eq(state, expected);
	free(state);
}

START_TEST(a_store_of_version_5_is_upgraded)
{
	enum side_kind kind = (enum side_kind)_i;
	struct world world;
	struct block *blocks;
	char *before, *after, *shape, *fresh;
	size_t count;

	if (!side_exists(kind) || side_is_proxy(kind))
		return;
	open_old(&world, kind);
	before = side_dump_until(world.side, "places");
	ck_assert_int_eq(init(&world, false), STORE_NONE);
	side_close(world.side);
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	/* Again: nothing is to be done. */
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	world.side = side_open(kind);
	after = side_dump_until(world.side, "places");
	see_same(before, after);
	see_overrides(&world);
	see_rates(&world);
	ck_assert_int_eq(store_list_blocked(world.store, "", 10, &blocks,
	    &count, world_deadline()), STORE_DONE);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(blocks[0].note, "as he said");
	block_clear(&blocks[0]);
	free(blocks);
	if (kind == SIDE_PGSQL) {
		char *granted = side_sql(world.side, "SELECT has_table_"
		    "privilege('policyd_test_auditor', 'policyd.logins', "
		    "'SELECT')");

		ck_assert_str_eq(granted, "t\n");
		free(granted);
		free(side_sql(world.side, "DROP OWNED BY "
		    "policyd_test_auditor; DROP ROLE policyd_test_auditor"));
	}
	/* It is what a new one is. */
	shape = side_sql(world.side, shapes[kind]);
	side_close(world.side);
	store_close(world.console);
	store_close(world.store);
	start_over(kind);
	world_take_up(&world);
	side_close(world.side);
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	world.side = side_open(kind);
	fresh = side_sql(world.side, shapes[kind]);
	see_same(fresh, shape);
	free(before);
	free(after);
	free(shape);
	free(fresh);
	world_close(&world);
}
END_TEST

/* An older program that is at work, until the test is over. */
static void *
older_begin(enum side_kind kind)
{
	sqlite3 *handle;
	char url[240];
	PGconn *conn;

	if (kind == SIDE_PGSQL) {
		snprintf(url, sizeof(url), "%s?application_name=policyd",
		    side_url(kind));
		conn = PQconnectdb(url);
		ck_assert_int_eq(PQstatus(conn), CONNECTION_OK);
		return conn;
	}
	ck_assert_int_eq(sqlite3_open(side_url(kind) + strlen("sqlite:"),
	    &handle), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(handle, "SELECT count(*) FROM account",
	    NULL, NULL, NULL), SQLITE_OK);
	return handle;
}

static void
older_end(enum side_kind kind, void *older)
{
	if (kind == SIDE_PGSQL)
		PQfinish(older);
	else
		sqlite3_close(older);
}

START_TEST(an_older_program_at_work_is_not_cut_off)
{
	enum side_kind kind = (enum side_kind)_i;
	struct world world;
	void *older;
	char *version;

	if (!side_exists(kind) || side_is_proxy(kind))
		return;
	open_old(&world, kind);
	side_close(world.side);
	older = older_begin(kind);
	ck_assert_int_eq(init(&world, true), STORE_NONE);
	version = sql(kind, kind == SIDE_PGSQL ?
	    "SELECT max(version) FROM policyd.schema_version" :
	    "SELECT max(version) FROM schema_version");
	ck_assert_str_eq(version, "5\n");
	free(version);
	older_end(kind, older);
	/* The server notices the end of a session in its own time. */
	while (kind == SIDE_PGSQL) {
		char *left = sql(kind, "SELECT count(*) FROM pg_stat_activity "
		    "WHERE application_name = 'policyd'");
		bool is_gone = strcmp(left, "0\n") == 0;

		free(left);
		if (is_gone)
			break;
	}
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	world.side = side_open(kind);
	world_close(&world);
}
END_TEST

static enum store_result
log_in(struct world *world)
{
	struct check check = { .account = "joe", .instance = "",
		.settings = &world->config.settings };

	world_checks(world->store, &check, 1);
	return check.result;
}

/* A newer program was here, whose store can be used from a version on. */
static void
come_from_tomorrow(struct world *world, int compatible_from)
{
	char text[200];
	bool is_pg = world->kind == SIDE_PGSQL;

	snprintf(text, sizeof(text), "INSERT INTO %sschema_version (version, "
	    "name, at, compatible_from, digest) VALUES (999, 'tomorrow', %s, "
	    "%d, 'theirs')", is_pg ? "policyd." : "", is_pg ? "now()" : "0",
	    compatible_from);
	free(side_sql(world->side, text));
}

START_TEST(a_newer_store_is_used_as_long_as_it_allows)
{
	enum side_kind kind = (enum side_kind)_i;
	struct world world;
	int ours;

	if (!side_exists(kind) || side_is_proxy(kind))
		return;
	ours = schema_version(kind == SIDE_PGSQL ? "pgsql" : "sqlite");
	world_open(&world, kind);
	come_from_tomorrow(&world, ours);
	ck_assert_int_eq(log_in(&world), STORE_DONE);
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	ck_assert_int_eq(init(&world, false), STORE_DONE);
	ck_assert_int_eq(log_in(&world), STORE_DONE);

	/* Who is connected goes on; who comes now is told. */
	free(side_sql(world.side, kind == SIDE_PGSQL ?
	    "UPDATE policyd.schema_version SET compatible_from = 999 "
	    "WHERE version = 999" : "UPDATE schema_version "
	    "SET compatible_from = 999 WHERE version = 999"));
	ck_assert_int_eq(log_in(&world), STORE_DONE);
	ck_assert_int_eq(init(&world, true), STORE_NONE);
	ck_assert_int_eq(log_in(&world), STORE_FAILED);
	free(side_sql(world.side, kind == SIDE_PGSQL ?
	    "DELETE FROM policyd.schema_version WHERE version = 999" :
	    "DELETE FROM schema_version WHERE version = 999"));
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	ck_assert_int_eq(log_in(&world), STORE_DONE);
	world_close(&world);
}
END_TEST

START_TEST(views_that_are_not_ours_are_replaced)
{
	static const char *const spoil[SIDES] = {
		[SIDE_SQLITE] = "DROP VIEW hits; CREATE VIEW hits AS SELECT 1;"
		    "UPDATE schema_version SET digest = 'other'",
		[SIDE_PGSQL] = "CREATE OR REPLACE FUNCTION policyd.cause_name("
		    "cause integer) RETURNS text LANGUAGE sql "
		    "AS 'SELECT ''x'''; "
		    "UPDATE policyd.schema_version SET digest = 'other'",
	};
	enum side_kind kind = (enum side_kind)_i;
	struct world world;
	char *before, *after;

	if (!side_exists(kind) || side_is_proxy(kind))
		return;
	world_open(&world, kind);
	before = side_sql(world.side, shapes[kind]);
	free(side_sql(world.side, spoil[kind]));
	/* Who may not create goes on with what there is. */
	ck_assert_int_eq(init(&world, false), STORE_DONE);
	after = side_sql(world.side, shapes[kind]);
	ck_assert(strcmp(before, after) != 0);
	free(after);
	ck_assert_int_eq(init(&world, true), STORE_DONE);
	after = side_sql(world.side, shapes[kind]);
	see_same(before, after);
	free(before);
	free(after);
	world_close(&world);
}
END_TEST

TCase *
tests_upgrade(void)
{
	TCase *tcase = tcase_create("upgrade");

	tcase_add_loop_test(tcase, a_store_of_version_5_is_upgraded, 0, SIDES);
	tcase_add_loop_test(tcase, an_older_program_at_work_is_not_cut_off, 0,
	    SIDES);
	tcase_add_loop_test(tcase, a_newer_store_is_used_as_long_as_it_allows,
	    0, SIDES);
	tcase_add_loop_test(tcase, views_that_are_not_ours_are_replaced, 0,
	    SIDES);
	tcase_set_timeout(tcase, 120);
	return tcase;
}
