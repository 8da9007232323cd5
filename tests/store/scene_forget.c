/*
 * scene_forget.c -- an account is forgotten; its owner says that he was there.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scenes.h"

#include "base/clock.h"
#include "script.h"
#include "store/forget.h"
#include "store/place_name.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 50 };

/* A mail of an account from an address of that system. */
static enum verdict
ask(struct world *world, const char *account, const char *address,
    uint32_t asn)
{
	struct check check = { .account = account, .instance = "",
		.weight = 1, .settings = &world->config.settings };

	ck_assert_int_eq(addr_parse(address, &check.login.network), 0);
	check.login.client = check.login.network;
	strcpy(check.login.country, "DE");
	check.login.asn = asn;
	world_checks(world->store, &check, 1);
	ck_assert_int_eq(check.result, STORE_DONE);
	return check.finding.verdict;
}

static int64_t
count(struct world *world, const char *table, const char *where)
{
	char sql[200];
	char *number;
	int64_t rows;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s%s WHERE %s",
	    world->kind == SIDE_PGSQL ? "policyd." : "", table, where);
	number = side_sql(world->side, sql);
	rows = strtoll(number, NULL, 10);
	free(number);
	return rows;
}

/* The names of all tables that know accounts, with blanks between them. What
 * tells servers to forget is no knowledge. */
static char *
tables_of_accounts(struct world *world)
{
	return side_sql(world->side, world->kind == SIDE_PGSQL ?
	    "SELECT string_agg(t.table_name, ' ' ORDER BY t.table_name) "
	    "FROM information_schema.tables t JOIN information_schema.columns "
	    "c USING (table_schema, table_name) WHERE t.table_schema = "
	    "'policyd' AND t.table_type = 'BASE TABLE' AND c.column_name = "
	    "'account' AND t.table_name <> 'news'" :
	    "SELECT group_concat(name, ' ') FROM (SELECT m.name FROM "
	    "sqlite_master m, pragma_table_info(m.name) p WHERE m.type = "
	    "'table' AND p.name = 'account' AND m.name <> 'news' "
	    "ORDER BY m.name)");
}

static void
fill_rest(struct world *world)
{
	const char *schema = world->kind == SIDE_PGSQL ? "policyd." : "";
	const char *now = world->kind == SIDE_PGSQL ? "now()" : "1";
	char sql[400];

	snprintf(sql, sizeof(sql), "INSERT INTO %swould (account, cause, "
	    "found, allowed, per_s, began_at, until, last_seen) VALUES "
	    "('joe', 1, 2, 1, 1, %s, %s, %s)", schema, now, now, now);
	free(side_sql(world->side, sql));
	snprintf(sql, sizeof(sql), "INSERT INTO %sattempt (account, network, "
	    "country, first_seen, last_seen) VALUES ('joe', '192.0.2.1', "
	    "'DE', %s, %s)", schema, now, now);
	free(side_sql(world->side, sql));
}

static void
forget(struct world *world, const char *account, enum store_result wanted)
{
	ck_assert_int_eq(store_forget(world->console, account,
	    world_deadline()), wanted);
}

static void
live(struct world *world, const char *account)
{
	int64_t revision;

	ask(world, account, "192.0.2.1", 64496);
	ask(world, account, "192.0.2.2", 64496);
	ask(world, account, "192.0.2.3", 64496);
	ck_assert_int_eq(store_unblock(world->console, account,
	    world_deadline()), STORE_DONE);
	ck_assert_int_eq(scene_put(world, account, 5, REVISION_ANY, &revision),
	    STORE_DONE);
	ck_assert_int_eq(store_block(world->console, account, 60, "private",
	    world_deadline()), STORE_DONE);
}

void
scene_an_account_is_forgotten(struct world *world, struct text *told)
{
	struct change *changes;
	char *tables, *save;
	size_t found;

	world_set(world, "networks", "2");
	world_set(world, "notify", "on");
	store_act_as(world->console, "admin", "192.0.2.9");
	live(world, "joe");
	live(world, "joes");
	fill_rest(world);
	tables = tables_of_accounts(world);
	text_printf(told, "%s\n", tables);
	save = strdup(tables);
	for (char *name = strtok(tables, " \n"); name != NULL;
	     name = strtok(NULL, " \n"))
		ck_assert_msg(count(world, name, "account = 'joe'") > 0,
		    "%s", name);
	ck_assert_int_gt(count(world, "audit", "subject = 'joe' AND "
	    "CAST(detail AS text) LIKE '%private%'"), 0);
	forget(world, "joe", STORE_DONE);
	for (char *name = strtok(save, " \n"); name != NULL;
	     name = strtok(NULL, " \n")) {
		ck_assert_msg(count(world, name, "account = 'joe'") == 0,
		    "%s", name);
		text_printf(told, "%s %lld\n", name, (long long)
		    count(world, name, "account = 'joes'"));
	}
	free(tables);
	free(save);
	ck_assert_int_eq(count(world, "audit", "subject = 'joe' AND "
	    "CAST(detail AS text) <> '{}'"), 0);
	ck_assert_int_gt(count(world, "audit", "subject = 'joes' AND "
	    "CAST(detail AS text) LIKE '%private%'"), 0);
	/* Once; and it is nobody's who was never there. */
	forget(world, "joe", STORE_NONE);
	forget(world, "nobody", STORE_NONE);
	ck_assert_int_eq(store_list_changes(world->console, 0, MOST, &changes,
	    &found, world_deadline()), STORE_DONE);
	for (size_t i = 0; i < found; i++) {
		text_printf(told, "%s %s\n", changes[i].subject,
		    changes[i].action);
		change_clear(&changes[i]);
	}
	free(changes);
	ck_assert_int_eq(count(world, "audit", "action = 'forget'"), 1);
	/* It begins anew, whatever a server has in memory. */
	ck_assert_int_eq(ask(world, "joe", "192.0.2.1", 64496), VERDICT_PASS);
	ck_assert_int_eq(count(world, "login", "account = 'joe'"), 1);
}

void
scene_servers_forget_what_is_forgotten(struct world *world,
    struct text *told)
{
	struct account_record record;

	world_set(world, "networks", "2");
	store_act_as(world->console, "admin", "192.0.2.9");
	for (int i = 0; i < 5; i++) {
		ask(world, "joe", "192.0.2.1", 64496);
		ask(world, "joe", "192.0.2.2", 64496);
	}
	forget(world, "joe", STORE_DONE);
	ck_assert_int_eq(ask(world, "joe", "192.0.2.3", 64496), VERDICT_PASS);
	ck_assert_int_eq(store_account(world->console, "joe",
	    &world->config.settings, MOST, &record, world_deadline()),
	    STORE_DONE);
	tell_record(told, &record);
	ck_assert_uint_eq(record.logins_in_all, 1);
	ck_assert_uint_eq(record.history.places.count, 1);
	account_record_clear(&record);
}

static unsigned
learn(struct world *world, const char *account, enum store_result wanted)
{
	unsigned learned = 77;

	ck_assert_int_eq(store_unblock_learning(world->console, account,
	    NULL, &learned, world_deadline()), wanted);
	return learned;
}

void
scene_unblocking_teaches(struct world *world, struct text *told)
{
	struct account_record record;

	world_set(world, "new_places.beginner.hour", "2");
	store_act_as(world->console, "admin", "192.0.2.9");
	ck_assert_int_eq(ask(world, "joe", "192.0.2.1", 64496), VERDICT_PASS);
	ck_assert_int_eq(ask(world, "joe", "10.1.2.3", 0), VERDICT_PASS);
	ck_assert_int_eq(ask(world, "joe", "192.0.2.1", 64496),
	    VERDICT_DEFERRED);
	/* He need not be blocked. */
	ck_assert_uint_eq(learn(world, "joe", STORE_NONE), 2);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(ask(world, "joe", i % 2 ? "192.0.2.1" :
		    "10.1.9.9", i % 2 ? 64496 : 0), VERDICT_PASS);
	ck_assert_uint_eq(learn(world, "joe", STORE_NONE), 0);
	ck_assert_int_eq(count(world, "audit", "action = 'unblock'"), 1);
	/* Blocked: both. What was seen a day ago is not meant. */
	ck_assert_int_eq(ask(world, "joe", "192.0.2.7", 64497), VERDICT_PASS);
	clock_set_wall_ms(clock_wall_ms() + INT64_C(25) * 3600000);
	ck_assert_int_eq(ask(world, "joe", "192.0.2.8", 64498), VERDICT_PASS);
	ck_assert_int_eq(store_block(world->console, "joe", 60, "",
	    world_deadline()), STORE_DONE);
	ck_assert_uint_eq(learn(world, "joe", STORE_DONE), 1);
	ck_assert_int_eq(store_account(world->console, "joe",
	    &world->config.settings, MOST, &record, world_deadline()),
	    STORE_DONE);
	for (size_t i = 0; i < record.history.places.count; i++) {
		char text[PLACE_NAME_SIZE];

		text_printf(told, "%s %u\n", place_name_text(
		    record.history.places.list[i].name, text),
		    history_past_days(record.history.places.list[i].bits));
	}
	account_record_clear(&record);
	/* Nobody is known who was never there. */
	ck_assert_uint_eq(learn(world, "nobody", STORE_NONE), 0);
	ck_assert_int_eq(count(world, "account", "account = 'nobody'"), 0);
	ck_assert_int_eq(count(world, "audit", "CAST(detail AS text) LIKE "
	    "'%learned%'"), 2);
}
